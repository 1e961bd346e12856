import { ulidFactory } from "@omnigraph/base";
import type {
  ClusterApplyJson,
  ClusterApproveJson,
  ClusterDiagnosticJson,
  ClusterLookJson,
  ClusterPlanJson,
  ClusterStatusJson,
  ClusterUnlockJson,
  ClusterValidateJson,
} from "@omnigraph/wire";
import { relative } from "node:path";
import { parsedAddress } from "./addresses.ts";
import { type ApplyOptions, applyPlan } from "./apply/apply.ts";
import { CLUSTER_FILE } from "./desired/description.ts";
import { type Desired, readDesired, sound } from "./desired/desired.ts";
import { problem } from "./desired/files.ts";
import { lookAtAll, lookedState } from "./look/look.ts";
import { changeJson } from "./plan/changes.ts";
import { approvalsRequired, blastRadius, planned } from "./plan/plan.ts";
import { type HeldState, Ledger, observed } from "./state/ledger.ts";
import { EMPTY_STATE } from "./state/states.ts";
import { incarnationOf } from "./state/roots.ts";
import { type Surroundings, timeOf } from "./surroundings.ts";

/** What the folder describes, and what is wrong with it. Nothing is opened. */
export async function validateCluster(folder: string): Promise<ClusterValidateJson> {
  const desired = await readDesired(folder);
  const isSound = sound(desired) !== null;
  return {
    ok: isSound,
    config_dir: folder,
    config_file: `${folder}/${CLUSTER_FILE}`,
    resource_digests: digestsOf(desired),
    // What has no content is not there; a graph without its schema is named by the description alone.
    resources: desired.resources
      .filter(({ kind, digest }) => kind === "graph" || digest !== null)
      .map(({ address, kind, digest, path }) => ({
        address,
        kind,
        ...(digest === null ? {} : { digest }),
        ...(path === null ? {} : { path: `${folder}/${relative(folder, path)}` }),
      })),
    dependencies: desired.dependencies,
    diagnostics: isSound ? warnings(desired) : desired.diagnostics,
  };
}

/** What an apply would change. Changes nothing. */
export async function planCluster(folder: string, surroundings: Surroundings): Promise<ClusterPlanJson> {
  const found = await readDesired(folder);
  const answer = {
    config_dir: folder,
    resource_digests: digestsOf(found),
    dependencies: found.dependencies,
  };
  const desired = sound(found);
  if (desired === null)
    return {
      ...answer,
      ok: false,
      desired_revision: { config_digest: null },
      state_observations: observed(statePathOf(found), null),
      changes: [],
      blast_radius: [],
      approvals_required: [],
      diagnostics: found.diagnostics,
    };
  return withLedger(desired.cluster.storage, surroundings, "read", async (ledger) => {
    const plan = await planned(ledger, desired);
    return {
      ...answer,
      ok: plan.diagnostics.length === 0,
      desired_revision: { config_digest: desired.configDigest },
      state_observations: observed(ledger.statePath, plan.held),
      changes: plan.changes.map((change) => changeJson(change, plan.migrations.get(change.address) ?? null)),
      blast_radius: blastRadius(plan),
      approvals_required: approvalsRequired(plan),
      diagnostics: [...(plan.held === null ? [missing("warning")] : []), ...plan.diagnostics],
    };
  });
}

/** Makes the cluster what its folder describes. Errors: `cluster_conflict`; those of the graphs and the store. */
export async function applyCluster(
  folder: string,
  surroundings: Surroundings,
  options: ApplyOptions,
): Promise<ClusterApplyJson> {
  const found = await readDesired(folder);
  const desired = sound(found);
  if (desired === null)
    return refusedApply(folder, observed(statePathOf(found), null), null, found.diagnostics);
  return withLedger(desired.cluster.storage, surroundings, "write", async (ledger) => {
    const plan = await planned(ledger, desired);
    const { held, changes } = plan;
    const state = observed(ledger.statePath, held);
    if (held === null) return refusedApply(folder, state, desired.configDigest, [missing("error")]);
    if (plan.diagnostics.length > 0)
      return refusedApply(folder, state, desired.configDigest, plan.diagnostics);
    const applied = await applyPlan(ledger, surroundings, { ...plan, held }, options);
    const waiting = changes.filter(({ reason }) => reason !== null);
    return {
      ok: true,
      config_dir: folder,
      desired_revision: { config_digest: desired.configDigest },
      state_observations: observed(ledger.statePath, applied.held),
      changes: changes.map((change) => changeJson(change, null)),
      applied_count: changes.filter(({ disposition }) => disposition === "applied").length,
      deferred_count: waiting.length,
      converged: waiting.length === 0,
      state_written: applied.isWritten,
      resource_statuses: applied.held.state.resource_statuses,
      diagnostics: waiting.map(({ address, reason }) => ({
        code: "apply_dependency_blocked",
        severity: "warning",
        path: address,
        message: reason === "approval_required" ? APPROVE : "it waits for what it belongs to",
      })),
    };
  });
}

const APPROVE =
  "it is not in the folder any more; cluster approve permits its deletion, and nothing else does";

/** Permits the deletion of a graph that the folder leaves out: of this graph as it is applied now, by this folder as it is now. */
export async function approveInCluster(
  folder: string,
  resource: string,
  actor: string,
  surroundings: Surroundings,
): Promise<ClusterApproveJson> {
  const found = await readDesired(folder);
  const refused = (diagnostics: readonly ClusterDiagnosticJson[]): ClusterApproveJson => ({
    ok: false,
    config_dir: folder,
    approval_id: null,
    resource,
    operation: null,
    approved_by: actor,
    diagnostics,
  });
  const desired = sound(found);
  if (desired === null) return refused(found.diagnostics);
  return withLedger(desired.cluster.storage, surroundings, "write", async (ledger) => {
    const { held, changes } = await planned(ledger, desired);
    if (held === null) return refused([missing("error")]);
    const change = changes.find(({ address, operation }) => address === resource && operation === "delete");
    const { kind, graph } = parsedAddress(resource);
    if (change?.before == null || kind !== "graph" || graph === null)
      return refused([
        problem("approval_not_required", resource, `the folder does not ask for a deletion of ${resource}`),
      ]);
    const { environment } = surroundings;
    const id = ulidFactory(environment)();
    await ledger.putApproval({
      version: 1,
      id,
      resource,
      operation: "delete",
      before_digest: change.before.digest,
      config_digest: desired.configDigest,
      incarnation: incarnationOf(held.state, graph),
      approved_by: actor,
      approved_at: timeOf(environment),
    });
    return {
      ok: true,
      config_dir: folder,
      approval_id: id,
      resource,
      operation: "delete",
      approved_by: actor,
      diagnostics: [],
    };
  });
}

/** What the state says. No graph is opened. */
export async function clusterStatus(folder: string, surroundings: Surroundings): Promise<ClusterStatusJson> {
  const desired = await readDesired(folder);
  if (desired.cluster === null) return statusJson(folder, statePathOf(desired), null, desired.diagnostics);
  return withLedger(desired.cluster.storage, surroundings, "read", async (ledger) => {
    const held = await ledger.read();
    return statusJson(folder, ledger.statePath, held, held === null ? [missing("warning")] : []);
  });
}

/** Looks at all graphs and notes what it found: `import` makes the state, `refresh` renews it. Errors: `cluster_conflict`. */
export async function lookAtCluster(
  folder: string,
  operation: "import" | "refresh",
  surroundings: Surroundings,
): Promise<ClusterLookJson> {
  const found = await readDesired(folder);
  const answered = (
    path: string,
    held: HeldState | null,
    diagnostics: readonly ClusterDiagnosticJson[],
  ): ClusterLookJson => ({ ...statusJson(folder, path, held, diagnostics), operation });
  const desired = sound(found);
  if (desired === null) return answered(statePathOf(found), null, found.diagnostics);
  return withLedger(desired.cluster.storage, surroundings, "write", async (ledger) => {
    const held = await ledger.read();
    if (operation === "import" && held !== null)
      return answered(ledger.statePath, held, [
        problem(
          "state_exists",
          ledger.statePath,
          "the cluster has a state already; cluster refresh renews it",
        ),
      ]);
    if (operation === "refresh" && held === null) return answered(ledger.statePath, null, [missing("error")]);
    const { environment } = surroundings;
    const state = held?.state ?? EMPTY_STATE;
    const looks = await lookAtAll(ledger.storage, desired, state, () => timeOf(environment));
    const next = lookedState(state, looks, {
      adopts: operation === "import",
      revisionId: ulidFactory(environment)(),
    });
    return answered(ledger.statePath, await ledger.replace(held, next), []);
  });
}

/** Says that there is no lock. */
export function unlockCluster(folder: string, lock: string): ClusterUnlockJson {
  const message = `there is no lock ${lock}, nor any other: the state is replaced by conditional puts, and an apply that was interrupted stops nobody`;
  return {
    ok: false,
    config_dir: folder,
    state_observations: observed(`${folder}/__cluster/state.json`, null),
    diagnostics: [problem("state_lock_missing", lock, message)],
  };
}

async function withLedger<T>(
  storage: string,
  surroundings: Surroundings,
  access: "read" | "write",
  use: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const ledger = await Ledger.open(storage, surroundings, access);
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

function statusJson(
  folder: string,
  path: string,
  held: HeldState | null,
  diagnostics: readonly ClusterDiagnosticJson[],
): ClusterStatusJson {
  const resources = held?.state.applied_revision.resources ?? {};
  return {
    ok: diagnostics.every(({ severity }) => severity !== "error"),
    config_dir: folder,
    state_observations: observed(path, held),
    resource_digests: Object.fromEntries(
      Object.entries(resources).map(([address, { digest }]) => [address, digest]),
    ),
    resource_statuses: held?.state.resource_statuses ?? {},
    observations: held?.state.observations ?? {},
    diagnostics,
  };
}

function refusedApply(
  folder: string,
  state: ClusterApplyJson["state_observations"],
  digest: string | null,
  diagnostics: readonly ClusterDiagnosticJson[],
): ClusterApplyJson {
  return {
    ok: false,
    config_dir: folder,
    desired_revision: { config_digest: digest },
    state_observations: state,
    changes: [],
    applied_count: 0,
    deferred_count: 0,
    converged: false,
    state_written: false,
    resource_statuses: {},
    diagnostics,
  };
}

function digestsOf({ resources }: Desired): Record<string, string> {
  return Object.fromEntries(
    resources.flatMap(({ address, digest }) => (digest === null ? [] : [[address, digest]])),
  );
}

function statePathOf({ cluster, folder }: Desired): string {
  return `${cluster?.storage ?? folder}/__cluster/state.json`;
}

function missing(severity: "error" | "warning"): ClusterDiagnosticJson {
  const message = "the cluster has no state yet; cluster import makes it";
  return { code: "state_missing", severity, path: "__cluster/state.json", message };
}

/** What is as it is by default, and may not be what somebody expects. */
function warnings({ cluster }: Desired): readonly ClusterDiagnosticJson[] {
  return (cluster?.graphs ?? [])
    .map(({ id }) => id)
    .toSorted()
    .map((id) => ({
      code: "external_blob_ingress_default_deny",
      severity: "warning",
      path: `graphs.${id}.external_blobs`,
      message: "blobs are stored in the graph: no address of a blob outside of it is taken",
    }));
}
