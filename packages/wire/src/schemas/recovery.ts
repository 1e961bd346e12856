import * as z from "zod";
import { COMMIT_KIND, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { COUNT } from "./values.ts";

const EXAMPLE_WRITE = {
  op: "01M84CRWS7Z3YB4W2D6K8QH0VN",
  kind: "load",
  graph_branch: "main",
  makes_branch: false,
  base_commit_id: EXAMPLE_COMMIT.graph_commit_id,
  actor_id: "importer",
  message: null,
  authored_at: 1795407381074760,
  complete: true,
  owner: { host: "a3f1", pid: 4711 },
  orphaned: true,
};

const WRITE = shape("InterruptedWriteJson", "What a write had said of itself before it staged anything.", {
  op: z.string().describe("Identity of the write across retries."),
  kind: COMMIT_KIND,
  graph_branch: z.string(),
  makes_branch: z.boolean().describe("Whether it makes that branch: the branch is there once the write is."),
  base_commit_id: z.string().describe("The commit that it was evaluated on."),
  actor_id: z.string().nullable(),
  message: z.string().nullable(),
  authored_at: COUNT.describe("Microseconds since the epoch."),
  complete: z.boolean().describe("Whether everything is staged, so that others can publish it."),
  owner: shape("RecoveryOwnerJson", "A process.", { host: z.string(), pid: COUNT }).nullable(),
  orphaned: z.boolean().describe("Whether the process that made it is known to be gone."),
});

const EXAMPLE_ENTRY = {
  id: "01M84CRWS8ZK6R1TQ5V9WX2YJ7",
  state: "write",
  write: EXAMPLE_WRITE,
  objects: ["__recovery/01M84CRWS8ZK6R1TQ5V9WX2YJ7.json"],
  bytes: 612,
  problem: null,
};

export const RECOVERY_ENTRY = shape(
  "RecoveryEntryJson",
  "A write that was interrupted, or is at work in another process (`recovery show`).",
  {
    id: z.string(),
    state: z.enum(["write", "leftover", "unreadable"]),
    write: WRITE.nullable().describe("Null where nobody can read it."),
    objects: z
      .array(z.string())
      .describe("Keys of its objects; `recovery show` has those of what was staged too."),
    bytes: COUNT.describe("Of these objects."),
    problem: z.string().nullable().describe("Why it cannot be read."),
  },
  EXAMPLE_ENTRY,
);

export const RECOVERY_LIST = shape(
  "RecoveryListJson",
  "What `recovery list` finds.",
  { uri: z.string(), entries: z.array(RECOVERY_ENTRY) },
  { uri: "my.omni", entries: [EXAMPLE_ENTRY] },
);

const EXAMPLE_OUTCOME = {
  id: EXAMPLE_ENTRY.id,
  write: EXAMPLE_WRITE,
  outcome: "published",
  graph_commit_id: EXAMPLE_COMMIT.graph_commit_id,
  problem: null,
};

export const RECOVERY_OUTCOME = shape(
  "RecoveryOutcomeJson",
  "What became of an interrupted write (`recovery discard`).",
  {
    id: z.string(),
    write: WRITE.nullable(),
    outcome: z
      .enum(["published", "given_up", "branch_deleted", "removed", "failed"])
      .describe(
        "`published`: its commit is there, with the branch that it makes. `given_up`: a commit says so, and what was staged is gone; without a commit where the branch that it was to make cannot be made. `branch_deleted`: it went with its branch. `removed`: its own objects are gone, and nothing else. `failed`: it is as it was.",
      ),
    graph_commit_id: z.string().nullable().describe("The commit that decided it."),
    problem: z.string().nullable().describe("Why it could not be settled."),
  },
  EXAMPLE_OUTCOME,
);

export const RECOVERY_SETTLED = shape(
  "RecoverySettledJson",
  "What `recovery settle` did.",
  { uri: z.string(), settled: z.array(RECOVERY_OUTCOME) },
  { uri: "my.omni", settled: [EXAMPLE_OUTCOME] },
);
