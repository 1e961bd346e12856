import * as z from "zod";
import { DIAGNOSTIC } from "./lint.ts";
import { CONFLICT, UNUSED_RESOLUTION } from "./merges.ts";
import { UNSUPPORTED } from "./migrations.ts";
import { shape } from "./shape.ts";
import { CODE, COUNT, ENTITY_KIND, REASON } from "./values.ts";

const KEY_CONFLICT = shape("KeyConflictJson", "The entity that is there already.", {
  entity_kind: ENTITY_KIND,
  type_name: z.string(),
  entity_id: z.string().nullable(),
});

const PRECONDITION = shape(
  "PreconditionFailureJson",
  "The commit that a write named, and the one that the branch is at.",
  {
    expected: z.string(),
    actual: z.string().nullable(),
  },
);

const READ_SET_CONFLICT = shape("ReadSetConflictJson", "What a write had read, and what is there now.", {
  member: z.string(),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
});

const RESOURCE_LIMIT = shape("ResourceLimitJson", "A limit that a call would exceed.", {
  resource: z.string().describe("What is limited."),
  limit: COUNT,
  actual: COUNT.describe("What was asked for."),
});

const BLOB_RANGE = shape("BlobRangeJson", "Bytes that were asked for of a Blob, which has not so many.", {
  start: COUNT,
  end: COUNT.describe("The first byte after them."),
  length: COUNT.describe("Bytes that there are."),
});

const FEED_GAP = shape("ChangeFeedGapJson", "Where the history that a feed needs ends.", {
  first_unreadable_commit_id: z.string(),
});

const DIFF_REFUSAL = shape("ChangeDiffRefusalJson", "Why the changes of a commit cannot be told.", {
  reason: z.enum(["parentless_commit", "schema_boundary", "unknown"]),
  graph_commit_id: z.string(),
});

const LOAD_PROBLEM = shape("LoadProblemJson", "One thing wrong with what was loaded.", {
  line: COUNT.nullable().describe("One-based; null where no single line is to blame."),
  reason: REASON,
  message: z.string(),
  type: z.string().nullable().describe("Name of the type."),
  id: z.string().nullable(),
  property: z.string().nullable(),
});

const PARAMETER_PROBLEM = shape("ParameterProblemJson", "What is wrong with one parameter.", {
  parameter: z.string(),
  type: z.string().describe("As the query declares it."),
  problem: z.string(),
});

/** Details that the contract knows, or that a program acts on. */
const FACTS = {
  key_conflict: KEY_CONFLICT,
  precondition_failure: PRECONDITION,
  read_set_conflict: READ_SET_CONFLICT,
  resource_limit: RESOURCE_LIMIT,
  blob_range: BLOB_RANGE,
  change_feed_gap: FEED_GAP,
  change_diff_refusal: DIFF_REFUSAL,
  merge_conflicts: z.array(CONFLICT).describe("All of them."),
  unused_resolutions: z.array(UNUSED_RESOLUTION),
  problems: z.array(LOAD_PROBLEM).describe("Of a load, as many as are kept."),
  parameters: z.array(PARAMETER_PROBLEM),
  unsupported: z.array(UNSUPPORTED).describe("Of a schema: the steps that cannot be taken."),
  diagnostics: z.array(DIAGNOSTIC).describe("Of a schema or a query."),
  places: z.array(z.string()).describe("Of resolutions: what is wrong with them, and where."),
};

/** Details that name what a call was about. */
const SUBJECT = {
  call: z.string().describe("Of the library: the method that was called."),
  argument: z.string().describe("Its argument or option that does not fit."),
  allowed: z.string().describe("What would fit."),
  known: z.array(z.string()).describe("The options that there are."),
  piece: COUNT.describe("Of the input of a load: which piece does not fit."),
  branch: z.string(),
  forked_from: z.string().nullable().describe("Id of the commit that the branch was made at."),
  commit: z.string().describe("As it was named."),
  parent: z.string(),
  candidates: z.array(z.string()).describe("Some of the commits that begin so."),
  at: z.string().describe("The commit or the time that was asked for."),
  entity_kind: ENTITY_KIND,
  type_name: z.string(),
  entity_id: z.string().nullable(),
  property: z.string().nullable(),
  query_name: z.string(),
  queries: z.array(z.string()).describe("Names of the queries that the source holds."),
  reference: z.string().describe("Content of a Blob, by its SHA-256 and size."),
  op: z.string().describe("Identity of the write across retries."),
};

/** Details that name a place in a store or a text, and how much was too much. */
const PLACE = {
  uri: z.string().describe("Address of the graph."),
  place: z.string().describe("The object or table concerned."),
  key: z.string().describe("Key of the object concerned."),
  path: z.string().describe("The file or folder concerned, or the place in a stored schema."),
  root: z.string(),
  errno: z.string().describe("The system's code."),
  s3Code: z.string().describe("The store's own code."),
  status: COUNT.describe("HTTP status that a store answered, 0 where it did not."),
  kind: z.string().describe("Of a file system."),
  line: COUNT.describe("Of a text, one-based."),
  column: COUNT.describe("One-based, in code points."),
  incarnation: z.string().describe("Id of the log."),
  slot: COUNT.describe("Place in the log."),
  graph: z.string().describe("Id of the graph that was opened."),
  found: z.string().describe("Id of the graph that is there."),
  problem: z.string(),
  features: z.array(z.string()).describe("What a newer release is needed for."),
  version: COUNT,
  format: COUNT,
  supported: COUNT,
  attempts: COUNT,
  bytes: COUNT.describe("Size of a text that is too long."),
  most: COUNT.describe("The largest size."),
  limit_bytes: COUNT.describe("Memory that the call may use."),
  deadline_ms: z.number().describe("Milliseconds that the call might take."),
};

/** As members of an error: each goes with some reasons only. */
function optional<Members extends Readonly<Record<string, z.ZodType>>>(
  members: Members,
): { [Name in keyof Members]: z.ZodExactOptional<Members[Name]> } {
  const made = Object.entries(members).map(([name, schema]) => {
    const { description } = schema;
    const member = schema.exactOptional();
    return [name, description === undefined ? member : member.describe(description)];
  });
  // Cast: `fromEntries` forgets which name has which schema.
  return Object.fromEntries(made) as { [Name in keyof Members]: z.ZodExactOptional<Members[Name]> };
}

const DETAILS = { ...optional(FACTS), ...optional(SUBJECT), ...optional(PLACE) };

export const ERROR = shape(
  "ErrorJson",
  "A failure: what happened, the contract's code and the registered reason, and the facts that go with the reason.",
  {
    error: z.string().describe("What happened, for people."),
    code: CODE,
    reason: REASON,
    ...DETAILS,
  },
  {
    error: "the branch main has moved past 01M84CRWS90000000000000009",
    code: "conflict",
    reason: "precondition_failed",
    precondition_failure: {
      expected: "01M84CRWS90000000000000009",
      actual: "01M84CRWS90000000000000010",
    },
  },
);

const { branch: _anyBranch, ...OTHER_DETAILS } = DETAILS;

export const BRANCH_PROBLEM = shape(
  "BranchProblemJson",
  "Why a branch cannot be read: as an error about it says.",
  { ...OTHER_DETAILS, branch: z.string(), reason: REASON, error: z.string() },
);
