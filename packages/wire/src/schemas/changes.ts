import * as z from "zod";
import { STEP } from "./migrations.ts";
import { shape } from "./shape.ts";
import { CHANGE_OPERATIONS } from "../words.ts";
import { COUNT, ENTITY_KIND, VALUES } from "./values.ts";

export const OP = z
  .enum(CHANGE_OPERATIONS)
  .meta({ id: "ChangeOperation", description: "What became of one entity." });

const ENDPOINTS = shape("EndpointsJson", "Ids of the nodes at the ends of an edge.", {
  from: z.string(),
  to: z.string(),
});

export const IMAGE = shape(
  "EntityImageJson",
  "A whole entity as it was. Dates are days and DateTimes milliseconds since the epoch here, as in exports.",
  {
    endpoints: ENDPOINTS.exactOptional().describe("Of an edge."),
    properties: VALUES.describe("Every property of the type, null where it has no value."),
  },
);

const TYPE = shape("ChangeTypeJson", "A type by its identity.", {
  id: z.string().describe("Opaque; survives a rename."),
  name: z.string(),
});

const CHANGE_MEMBERS = {
  kind: ENTITY_KIND,
  type: TYPE,
  id: z.string(),
  op: OP,
  before: IMAGE.exactOptional().describe("Of an update and a delete."),
  after: IMAGE.exactOptional().describe("Of an insert and an update."),
};

const CHANGE = shape("ChangeJson", "What became of one entity.", CHANGE_MEMBERS);

const CAUSE = shape("ChangeCauseJson", "The commit behind changes; members without a value are left out.", {
  graph_commit_id: z.string(),
  parent_commit_id: z.string().exactOptional(),
  merged_parent_commit_id: z.string().exactOptional().describe("Of a merge: the head of the source."),
  authored_branch: z.string().describe("The branch that the commit was made on."),
  actor_id: z.string().exactOptional(),
  authored_at: COUNT.describe(
    "When the write was first submitted, in microseconds since the epoch; the same across retries.",
  ),
  created_at: COUNT.exactOptional().describe(
    "In whole answers over HTTP: when the commit was made, in microseconds since the epoch.",
  ),
});

const BLOCK_MEMBERS = {
  cause: CAUSE,
  schema_steps: z
    .array(STEP)
    .exactOptional()
    .describe("How the commit changed the schema; left out where it did not."),
  changes: z.array(CHANGE).describe("Nodes before edges, then by type name and id."),
};

const BLOCK = shape("ChangeBlockJson", "What one commit changed.", BLOCK_MEMBERS);

const EXAMPLE_CAUSE = {
  graph_commit_id: "01M84CRWS90000000000000010",
  parent_commit_id: "01M84CRWS90000000000000009",
  authored_branch: "main",
  actor_id: "ann",
  authored_at: 1795407381074760,
};

const EXAMPLE_CHANGE = {
  kind: "node",
  type: { id: "n1", name: "Person" },
  id: "ann",
  op: "update",
  before: { properties: { name: "Ann", age: 41 } },
  after: { properties: { name: "Ann", age: 42 } },
};

const EXAMPLE_BLOCK = { cause: EXAMPLE_CAUSE, changes: [EXAMPLE_CHANGE] };

export const COMMIT_CHANGES = shape(
  "CommitChangesJson",
  "A page of what one commit changed (`commit changes`, `GET /commits/{id}/changes`).",
  {
    ...BLOCK_MEMBERS,
    next_page_token: z.string().exactOptional().describe("Left out on the last page."),
  },
  EXAMPLE_BLOCK,
);

export const FEED = shape(
  "FeedJson",
  "A page of the change feed (`changes poll`, `GET /changes`).",
  {
    blocks: z.array(BLOCK).describe("One for each commit, also where the filter lets nothing through."),
    cursor: z
      .string()
      .exactOptional()
      .describe(
        "How to go on after these commits; durable. Left out inside a commit that is larger than a page.",
      ),
    caught_up: z.boolean().exactOptional().describe("With `cursor`: whether the newest commit is reached."),
    next_page_token: z
      .string()
      .exactOptional()
      .describe("Inside a commit: how to go on. The command reads such a commit to its end."),
  },
  { blocks: [EXAMPLE_BLOCK], cursor: "eyJrIjoiZmVlZCJ9", caught_up: true },
);

export const BASELINE = shape(
  "BaselineJson",
  "What a baseline shows, and how the feed goes on after it (`changes baseline --out`).",
  { snapshot_commit_id: z.string(), resume_cursor: z.string() },
  { snapshot_commit_id: "01M84CRWS90000000000000010", resume_cursor: "eyJrIjoiZmVlZCJ9" },
);

export const BASELINE_LINE = shape(
  "BaselineLineJson",
  "The last line of a baseline (`changes baseline`, `POST /changes/baseline`); those before it are nodes and edges.",
  { baseline: BASELINE },
  { baseline: { snapshot_commit_id: "01M84CRWS90000000000000010", resume_cursor: "eyJrIjoiZmVlZCJ9" } },
);

const HISTORY_ENTRY = shape("HistoryEntryJson", "What one commit did to an entity.", {
  cause: CAUSE,
  message: z.string().exactOptional().describe("Why the commit was made."),
  change: CHANGE,
});

export const HISTORY = shape(
  "HistoryJson",
  "The commits that touched one entity, the newest first (`history`).",
  { entries: z.array(HISTORY_ENTRY) },
  { entries: [{ cause: EXAMPLE_CAUSE, message: "birthday", change: EXAMPLE_CHANGE }] },
);

export const CHANGE_COUNT = shape("ChangeCountJson", "How many entities of a type changed.", {
  entity_kind: ENTITY_KIND,
  type_name: z.string(),
  inserted: COUNT,
  updated: COUNT,
  deleted: COUNT,
});

const DIFF_CHANGE = shape("DiffChangeJson", "A change as a diff shows it.", {
  ...CHANGE_MEMBERS,
  changed: z
    .array(z.string())
    .exactOptional()
    .describe("Of an update: names of the properties that differ, `from` and `to` for the ends of an edge."),
});

export const DIFF = shape(
  "DiffJson",
  "What turns one commit's state into another's (`branch diff`).",
  {
    from: z.string().describe("Ids of the commits that are compared."),
    to: z.string(),
    stat: z.array(CHANGE_COUNT).describe("Types that differ."),
    changes: z.array(DIFF_CHANGE).exactOptional().describe("Left out with `--stat`."),
  },
  {
    from: "01M84CRWS90000000000000009",
    to: "01M84CRWS90000000000000010",
    stat: [{ entity_kind: "node", type_name: "Person", inserted: 0, updated: 1, deleted: 0 }],
    changes: [{ ...EXAMPLE_CHANGE, changed: ["age"] }],
  },
);
