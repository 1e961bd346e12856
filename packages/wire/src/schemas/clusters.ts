import * as z from "zod";
import { STEP } from "./migrations.ts";
import { shape } from "./shape.ts";
import { COUNT } from "./values.ts";

const DIGEST = z.string().describe("SHA-256, in lower-case hex.");
const DIGESTS = z.record(z.string(), z.string()).describe("By resource.");
const WHEN = z.string().describe("ISO 8601, by the clock of whoever wrote it.");

const CLUSTER_RESOURCE = shape("ClusterResourceStateJson", "A resource of a cluster as it was applied.", {
  digest: DIGEST,
  path: z.string().exactOptional().describe("The file that it is from, from the folder of the cluster on."),
  applies_to: z
    .array(z.string())
    .exactOptional()
    .describe("Of a policy: the graphs that it is for, and `cluster`."),
});

const STATUS = shape("ClusterStatusOfResourceJson", "How a resource of a cluster stands.", {
  status: z.enum(["applied", "drifted", "blocked", "deferred"]),
  conditions: z.array(z.string()).exactOptional(),
  message: z.string().exactOptional(),
});

const STATUSES = z.record(z.string(), STATUS).describe("By resource.");

const GRAPH_OBSERVATION = shape("ClusterGraphObservationJson", "A graph as `import` or `refresh` found it.", {
  kind: z.literal("graph"),
  address: z.string(),
  graph_uri: z.string(),
  observed_at: WHEN,
  exists: z.boolean(),
  graph_manifest_version: COUNT.nullable().describe("Depth of the newest commit of main."),
  schema_digest: z.string().nullable(),
  desired_schema_digest: z.string().nullable(),
  schema_matches_desired: z.boolean(),
  error: z.string().nullable(),
});

const TOMBSTONE = shape("ClusterTombstoneJson", "A graph that was deleted.", {
  kind: z.literal("tombstone"),
  deleted_at: WHEN,
  approval_id: z.string(),
  actor: z.string().nullable(),
});

const OBSERVATIONS = z
  .record(z.string(), z.union([GRAPH_OBSERVATION, TOMBSTONE]))
  .describe("By resource: what the newest look at each graph found.");

const DIAGNOSTIC = shape("ClusterDiagnosticJson", "Something about a cluster that should be known.", {
  code: z.string(),
  severity: z.enum(["error", "warning"]),
  path: z.string().describe("A file, a member of cluster.yaml, or a resource."),
  message: z.string(),
});

const DEPENDENCY = shape("ClusterDependencyJson", "A resource that needs another.", {
  from: z.string(),
  to: z.string(),
});

const MIGRATION = shape("ClusterMigrationJson", "What another schema changes in a graph.", {
  supported: z.boolean(),
  steps: z.array(STEP),
});

const CHANGE = shape("ClusterChangeJson", "A resource that is to change.", {
  resource: z.string(),
  operation: z.enum(["create", "update", "delete"]),
  before_digest: DIGEST.exactOptional(),
  after_digest: DIGEST.exactOptional(),
  binding_change: z.boolean().exactOptional().describe("Of a policy: whether it is for other graphs now."),
  disposition: z
    .enum(["applied", "derived", "deferred", "blocked"])
    .describe("Of a graph that follows from its schema and queries: derived."),
  reason: z.string().exactOptional().describe("Why not."),
  migration: MIGRATION.exactOptional(),
});

const STATE = shape("ClusterStateObservationsJson", "The state of a cluster that an answer is about.", {
  state_path: z.string(),
  lock_path: z.null().describe("There is no lock: a conditional put of the state arbitrates."),
  state_found: z.boolean(),
  applied_config_digest: z.string().nullable().describe("Null until an apply was complete."),
  applied_revision_id: z
    .string()
    .nullable()
    .describe("The deployment: another one whenever what is served changes."),
  state_revision: COUNT,
  state_cas: z.string().nullable(),
  resource_count: COUNT,
  locked: z.literal(false),
  lock_acquired: z.literal(false),
});

const HEAD = { ok: z.boolean(), config_dir: z.string() };
const DESIRED = shape("ClusterRevisionJson", "What the folder of a cluster describes.", {
  config_digest: z.string().nullable().describe("Null where it cannot be understood."),
});
const DIAGNOSTICS = z.array(DIAGNOSTIC);

const EXAMPLE_HEAD = { ok: true, config_dir: "." };
const EXAMPLE_DIGEST = "a897d27a35feb3e0ee37d71563099320d20c58cecbb2e1a09a433dd5b46f637c";
const EXAMPLE_STATE = {
  state_path: "./__cluster/state.json",
  lock_path: null,
  state_found: true,
  applied_config_digest: EXAMPLE_DIGEST,
  applied_revision_id: "01J8ZQ5K0000000000000000R2",
  state_revision: 2,
  state_cas: `sha256:${EXAMPLE_DIGEST}`,
  resource_count: 1,
  locked: false,
  lock_acquired: false,
};

export const CLUSTER_VALIDATE = shape(
  "ClusterValidateJson",
  "What the folder of a cluster describes, and what is wrong with it (`cluster validate`).",
  {
    ...HEAD,
    config_file: z.string(),
    resource_digests: DIGESTS,
    resources: z.array(
      shape("ClusterResourceJson", "A resource that the folder describes.", {
        address: z.string(),
        kind: z.enum(["graph", "schema", "query", "policy"]),
        digest: DIGEST.exactOptional(),
        path: z.string().exactOptional(),
      }),
    ),
    dependencies: z.array(DEPENDENCY),
    diagnostics: DIAGNOSTICS,
  },
  {
    ...EXAMPLE_HEAD,
    config_file: "./cluster.yaml",
    resource_digests: { "schema.team": EXAMPLE_DIGEST },
    resources: [{ address: "schema.team", kind: "schema", digest: EXAMPLE_DIGEST, path: "./team.pg" }],
    dependencies: [{ from: "schema.team", to: "graph.team" }],
    diagnostics: [],
  },
);

export const CLUSTER_PLAN = shape(
  "ClusterPlanJson",
  "What an apply would change (`cluster plan`).",
  {
    ...HEAD,
    desired_revision: DESIRED,
    resource_digests: DIGESTS,
    dependencies: z.array(DEPENDENCY),
    state_observations: STATE,
    changes: z.array(CHANGE),
    blast_radius: z.array(
      shape("ClusterBlastRadiusJson", "What depends on a resource that is to change.", {
        resource: z.string(),
        affected: z.array(z.string()),
      }),
    ),
    approvals_required: z.array(
      shape("ClusterApprovalRequiredJson", "A deletion that somebody must approve first.", {
        resource: z.string(),
        reason: z.string(),
        satisfied: z.boolean(),
      }),
    ),
    diagnostics: DIAGNOSTICS,
  },
  {
    ...EXAMPLE_HEAD,
    desired_revision: { config_digest: EXAMPLE_DIGEST },
    resource_digests: { "schema.team": EXAMPLE_DIGEST },
    dependencies: [{ from: "schema.team", to: "graph.team" }],
    state_observations: EXAMPLE_STATE,
    changes: [
      {
        resource: "schema.team",
        operation: "create",
        after_digest: EXAMPLE_DIGEST,
        disposition: "applied",
      },
    ],
    blast_radius: [],
    approvals_required: [],
    diagnostics: [],
  },
);

export const CLUSTER_APPLY = shape(
  "ClusterApplyJson",
  "What an apply did (`cluster apply`).",
  {
    ...HEAD,
    desired_revision: DESIRED,
    state_observations: STATE,
    changes: z.array(CHANGE),
    applied_count: COUNT,
    deferred_count: COUNT.describe("Of changes that are blocked or deferred."),
    converged: z.boolean().describe("Whether the cluster is now as the folder describes it."),
    state_written: z.boolean(),
    resource_statuses: STATUSES,
    diagnostics: DIAGNOSTICS,
  },
  {
    ...EXAMPLE_HEAD,
    desired_revision: { config_digest: EXAMPLE_DIGEST },
    state_observations: EXAMPLE_STATE,
    changes: [],
    applied_count: 0,
    deferred_count: 0,
    converged: true,
    state_written: false,
    resource_statuses: { "schema.team": { status: "applied" } },
    diagnostics: [],
  },
);

export const CLUSTER_APPROVE = shape(
  "ClusterApproveJson",
  "An approval of a deletion (`cluster approve`).",
  {
    ...HEAD,
    approval_id: z.string().nullable().describe("Null where nothing was approved."),
    resource: z.string(),
    operation: z.literal("delete").nullable(),
    approved_by: z.string(),
    diagnostics: DIAGNOSTICS,
  },
  {
    ...EXAMPLE_HEAD,
    approval_id: "01J8ZQ5K0000000000000000R2",
    resource: "graph.films",
    operation: "delete",
    approved_by: "ann",
    diagnostics: [],
  },
);

const STATUS_MEMBERS = {
  ...HEAD,
  state_observations: STATE,
  resource_digests: DIGESTS,
  resource_statuses: STATUSES,
  observations: OBSERVATIONS,
  diagnostics: DIAGNOSTICS,
};

const EXAMPLE_STATUS = {
  ...EXAMPLE_HEAD,
  state_observations: EXAMPLE_STATE,
  resource_digests: { "schema.team": EXAMPLE_DIGEST },
  resource_statuses: { "schema.team": { status: "applied" } },
  observations: {},
  diagnostics: [],
};

export const CLUSTER_STATUS = shape(
  "ClusterStatusJson",
  "The state of a cluster (`cluster status`).",
  STATUS_MEMBERS,
  EXAMPLE_STATUS,
);

export const CLUSTER_LOOK = shape(
  "ClusterLookJson",
  "The state of a cluster after a look at its graphs (`cluster import`, `cluster refresh`).",
  { operation: z.enum(["import", "refresh"]), ...STATUS_MEMBERS },
  { operation: "refresh", ...EXAMPLE_STATUS },
);

export const CLUSTER_UNLOCK = shape(
  "ClusterUnlockJson",
  "That there is no lock to break (`cluster force-unlock`).",
  { ...HEAD, state_observations: STATE, diagnostics: DIAGNOSTICS },
  {
    ...EXAMPLE_HEAD,
    ok: false,
    state_observations: EXAMPLE_STATE,
    diagnostics: [
      { code: "state_lock_missing", severity: "error", path: "__cluster", message: "there is no lock" },
    ],
  },
);

const RECOVERY = shape("ClusterRecoveryJson", "An apply that is under way, or was interrupted.", {
  operation: z.literal("apply"),
  begun_at: WHEN,
  actor: z.string().nullable(),
  config_digest: DIGEST,
  graphs: z.array(z.string()).describe("Graphs whose schema may differ from what the state says."),
  deletions: z
    .array(
      shape("ClusterDeletionJson", "A graph that goes.", {
        graph: z.string(),
        incarnation: COUNT,
        approval_id: z.string(),
      }),
    )
    .describe("Those of graphs that the state does not have any more."),
});

const CONSUMED = shape("ClusterConsumedApprovalJson", "What an approval was used for.", {
  consumed_at: WHEN,
  consumed_by_operation: z.string(),
});

export const CLUSTER_STATE = shape(
  "ClusterStateJson",
  "The state of a cluster: `__cluster/state.json` in its storage. It is replaced by conditional puts alone.",
  {
    version: z.literal(1),
    state_revision: COUNT,
    applied_revision: shape("ClusterAppliedRevisionJson", "What servers of the cluster serve.", {
      id: z.string().nullable().describe("The deployment; null until the first apply."),
      config_digest: z.string().nullable(),
      resources: z.record(z.string(), CLUSTER_RESOURCE).describe("By address."),
    }),
    incarnations: z
      .record(z.string(), COUNT)
      .describe(
        "By graph the number of its root, where that is not 1: no root is used again after a deletion.",
      ),
    resource_statuses: STATUSES,
    approval_records: z.record(z.string(), CONSUMED).describe("By approval."),
    recovery_records: z.record(z.string(), RECOVERY).describe("By operation; no more than one."),
    observations: OBSERVATIONS,
  },
  {
    version: 1,
    state_revision: 2,
    applied_revision: {
      id: "01J8ZQ5K0000000000000000R2",
      config_digest: EXAMPLE_DIGEST,
      resources: { "schema.team": { digest: EXAMPLE_DIGEST, path: "team.pg" } },
    },
    incarnations: {},
    resource_statuses: { "schema.team": { status: "applied" } },
    approval_records: {},
    recovery_records: {},
    observations: {},
  },
);

export const CLUSTER_APPROVAL = shape(
  "ClusterApprovalJson",
  "An approval, as it is kept: `__cluster/approvals/<id>.json`. It is for this deletion alone.",
  {
    version: z.literal(1),
    id: z.string(),
    resource: z.string(),
    operation: z.literal("delete"),
    before_digest: DIGEST.describe("Of the resource that goes."),
    config_digest: DIGEST.describe("Of the folder that does not have it."),
    incarnation: COUNT,
    approved_by: z.string(),
    approved_at: WHEN,
  },
  {
    version: 1,
    id: "01J8ZQ5K0000000000000000R2",
    resource: "graph.films",
    operation: "delete",
    before_digest: EXAMPLE_DIGEST,
    config_digest: EXAMPLE_DIGEST,
    incarnation: 1,
    approved_by: "ann",
    approved_at: "2026-11-30T12:00:00.000Z",
  },
);
