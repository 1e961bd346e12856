import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { COUNT } from "./values.ts";

const EXAMPLE_DATASET = {
  type_key: "node:Person",
  fragments_removed: 3,
  fragments_added: 1,
  committed: true,
  skipped: null,
  published_dataset_version: null,
  lance_head_version: null,
  pending_indexes: [],
  tables: 1,
  rows_written: 1200,
  indexes_built: ["id"],
};

const DATASET = shape("OptimizedDatasetJson", "What was done to the tables of one type.", {
  type_key: z.string().describe("`node:Name` or `edge:Name`."),
  fragments_removed: COUNT.describe("Tables that a new one stands for."),
  fragments_added: COUNT.describe("Tables that were written."),
  committed: z.literal(true),
  skipped: z.null().describe("No type is skipped."),
  published_dataset_version: z
    .null()
    .describe("A published table never moves, so no version of it can be behind."),
  lance_head_version: z.null().describe("As above."),
  pending_indexes: z
    .array(z.string())
    .describe("Columns whose index could not be built, because something else has changed their table."),
  tables: COUNT.describe("Tables of the type now."),
  rows_written: COUNT,
  indexes_built: z
    .array(z.string())
    .describe(
      "Columns that got an index, by the names of their properties or `id`, `src` and `dst`; once for each table.",
    ),
});

export const OPTIMIZE = shape(
  "OptimizeJson",
  "What `optimize` did to a branch.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    operation: z.string().describe("Identity of the call; `optimize --operation` tells what came of it."),
    branch: z.string(),
    commit: COMMIT.nullable().describe("Null where there was nothing to do."),
    problem: z
      .string()
      .nullable()
      .describe("Why it ended before all indexes were built, after its commit. Another call goes on."),
    datasets: z.array(DATASET).describe("Every type that ever had an entity."),
  },
  {
    uri: "my.omni",
    operation: "01M84CRWS9000000000000000A",
    branch: "main",
    commit: { ...EXAMPLE_COMMIT, message: null, kind: "maintenance" },
    problem: null,
    datasets: [EXAMPLE_DATASET],
  },
);

const FINDING_CLASS = z
  .enum([
    "format_damaged",
    "format_newer",
    "record_damaged",
    "record_missing",
    "record_wrong",
    "slot_missing",
    "slot_damaged",
    "slot_of_other_graph",
    "chain_broken",
    "commit_wrong",
    "layout_damaged",
    "schema_damaged",
    "table_missing",
    "table_damaged",
    "table_changed",
    "table_rewritten",
    "tombstones_damaged",
    "blob_damaged",
    "rows_wrong",
    "column_file_damaged",
    "index_damaged",
    "digest_damaged",
    "retention_damaged",
    "pin_damaged",
    "table_unnamed",
    "log_unnamed",
    "intent_pending",
    "intent_damaged",
    "object_unknown",
  ])
  .meta({ id: "FindingClass", description: "What kind of damage, or of leftover, `fsck` found." });

const SEVERITY = z.enum(["error", "warning", "note"]).meta({
  id: "FsckSeverity",
  description:
    "`error` harms answers or what can be read, `warning` only makes reads slower, `note` harms nobody: a graph with notes alone is clean.",
});

const FINDING = shape("FsckFindingJson", "One thing that `fsck` found.", {
  class: FINDING_CLASS.describe("What kind of damage, or of leftover."),
  severity: SEVERITY,
  place: z.string().describe("Key of the object from the root of the graph; for rows, the branch."),
  problem: z.string().describe("What is wrong."),
  branches: z.array(z.string()).describe("Living branches that it harms."),
  harm: z.string().describe("Who is harmed, and how."),
  advice: z.string().describe("What to do."),
});

const CHECKED = shape("FsckCheckedJson", "What `fsck` looked at.", {
  branches: COUNT.describe("Branches whose rows were scanned."),
  slots: COUNT.describe("Slots of all logs."),
  tables: COUNT.describe("Tables that commits adopted."),
});

export const FSCK = shape(
  "FsckJson",
  "What `fsck` found.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    clean: z.boolean().describe("Whether there is neither an error nor a warning."),
    errors: COUNT,
    warnings: COUNT,
    notes: COUNT,
    checked: CHECKED,
    findings: z.array(FINDING).describe("The first ones; the limit `fsckFindings` says how many."),
  },
  {
    uri: "my.omni",
    clean: false,
    errors: 1,
    warnings: 0,
    notes: 0,
    checked: { branches: 1, slots: 12, tables: 2 },
    findings: [
      {
        class: "slot_damaged",
        severity: "error",
        place: "__manifest/log/000000000.1073741820.commit",
        problem: "its SHA-256 differs",
        branches: ["main"],
        harm: "main cannot be read",
        advice: "restore the object from a backup",
      },
    ],
  },
);

const CLEANED = shape(
  "CleanedDatasetJson",
  "What cleanup removed of the tables of one type, or would remove.",
  {
    type_key: z.string().describe("`node:Name` or `edge:Name`; the id, where no schema has the type now."),
    bytes_removed: COUNT,
    old_versions_removed: COUNT.describe("Tables."),
    error: z.null().describe("A failure fails the whole call, and the next cleanup goes on."),
  },
);

const PENDING = shape("PendingCleanupJson", "What waits for the end of the grace period.", {
  slots: COUNT.describe("Slots whose changes were found unneeded."),
  tables: COUNT,
  removable_in_secs: COUNT.describe("When a cleanup with the same grace period removes it; 0 for now."),
});

export const CLEANUP = shape(
  "CleanupJson",
  "What `cleanup` removed, or would remove.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    confirmed: z.boolean().describe("False for a dry run, which changes nothing."),
    keep_versions: COUNT.nullable().describe("`--keep`."),
    older_than_secs: z.number().nullable().describe("`--older-than`, in seconds."),
    folded: z.array(z.string()).describe("Branches that were folded first, or would be."),
    datasets: z.array(CLEANED).describe("Every type."),
    commits_reclaimed: COUNT.describe("Commits whose changes are gone, or would be."),
    commit_bytes_removed: COUNT.describe("Bytes of these changes."),
    bytes_removed: COUNT.describe("Bytes of all of it."),
    pending: PENDING.nullable(),
    notes: z.array(z.string()).describe("What was passed over, each with its place."),
  },
  {
    uri: "my.omni",
    confirmed: true,
    keep_versions: 10,
    older_than_secs: null,
    folded: ["main"],
    datasets: [{ type_key: "node:Person", bytes_removed: 75_247, old_versions_removed: 4, error: null }],
    commits_reclaimed: 312,
    commit_bytes_removed: 401_232,
    bytes_removed: 476_479,
    pending: null,
    notes: [],
  },
);

export const OPERATION = shape(
  "OptimizeOperationJson",
  "What came of a call of `optimize` (`optimize --operation`).",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    operation: z.string().describe("Identity of the call."),
    branch: z.string(),
    state: z
      .enum(["done", "running", "unknown"])
      .describe("`unknown` also where it found nothing to do: that leaves no trace."),
    commit: COMMIT.nullable().describe("Null unless it is done."),
  },
  { uri: "my.omni", operation: "nightly", branch: "main", state: "unknown", commit: null },
);

const TABLE_DRIFT = z.enum(["no_drift", "maintenance", "rows_changed", "missing", "unknown"]).meta({
  id: "TableDrift",
  description:
    "How the newest version of a published table compares with the one that the graph reads: `maintenance` has the same rows, `missing` means that the published one is gone, `unknown` that it could not be told.",
});

const REPAIR_ACTION = z.enum(["no_op", "forget", "adopt", "rewrite", "remove", "restore", "none"]).meta({
  id: "RepairAction",
  description:
    "What repair does: `forget` leaves out what others wrote, `adopt` takes it over, `rewrite` writes anew from what is left, `remove` and `restore` are of objects.",
});

const REPAIR_SOURCE = z.enum(["table", "digest", "backup", "commits"]).meta({
  id: "RepairSource",
  description: "Where a damaged object is taken from: `commits` is what commits say of it.",
});

const REPAIRED_DATASET = shape("RepairedDatasetJson", "A published table, and what others have done to it.", {
  type_key: z.string().describe("`node:Name` or `edge:Name`."),
  published_dataset_version: COUNT.describe("The version that the graph reads."),
  lance_head_version: COUNT.nullable().describe("The newest version; null where there is no table."),
  classification: TABLE_DRIFT,
  action: REPAIR_ACTION,
  operations: z.array(z.string()).describe("What others have done, as far as their rows tell."),
  error: z.string().nullable(),
  table: z.string().describe("Its place, from the root of the graph."),
  done: z.boolean(),
  rows_added: COUNT,
  rows_removed: COUNT,
  rows_changed: COUNT,
  added: z.array(z.string()).describe("The first ids, at most 20."),
  removed: z.array(z.string()).describe("As above."),
  changed: z.array(z.string()).describe("As above."),
  advice: z.string(),
});

const REPAIRED_OBJECT = shape("RepairedObjectJson", "A damaged object, and what was done about it.", {
  class: FINDING_CLASS,
  place: z.string().describe("Key of the object from the root of the graph."),
  action: REPAIR_ACTION,
  source: REPAIR_SOURCE.nullable(),
  done: z.boolean(),
  advice: z.string(),
  error: z.string().nullable(),
});

export const REPAIR = shape(
  "RepairJson",
  "What `repair` found, and what it did.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    confirm: z.boolean(),
    force: z.boolean(),
    graph_manifest_version: COUNT.nullable().describe(
      "Depth of the commit that repair made, if it made one.",
    ),
    datasets: z.array(REPAIRED_DATASET).describe("Every table of the branch."),
    branch: z.string(),
    commit: COMMIT.nullable(),
    objects: z.array(REPAIRED_OBJECT).describe("Every damaged object of the graph."),
    problem: z.string().nullable().describe("Why the tables of the branch could not be compared."),
  },
  {
    uri: "my.omni",
    confirm: false,
    force: false,
    graph_manifest_version: null,
    datasets: [
      {
        type_key: "node:Person",
        published_dataset_version: 1,
        lance_head_version: 1,
        classification: "no_drift",
        action: "no_op",
        operations: [],
        error: null,
        table: "tables/01M84AR2A00000000000000000/01M84AR2A10000000000000000.lance",
        done: false,
        rows_added: 0,
        rows_removed: 0,
        rows_changed: 0,
        added: [],
        removed: [],
        changed: [],
        advice: "nothing to do",
      },
    ],
    branch: "main",
    commit: null,
    objects: [],
    problem: null,
  },
);
