import * as z from "zod";
import { COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { COUNT, ENTITY_KIND, VALUES } from "./values.ts";

export const TARGET = shape("ReadTargetJson", "What a read was run on: a branch, or one commit.", {
  branch: z.string().nullable(),
  snapshot: z.string().nullable().describe("Id of the commit."),
});

const HEAD = {
  query_name: z.string(),
  target: TARGET,
  row_count: COUNT,
};

const EXAMPLE_HEAD = {
  query_name: "people",
  target: { branch: "main", snapshot: null },
  row_count: 1,
};

const READ = {
  ...HEAD,
  columns: z.array(z.string()).describe("Names of the columns, in the order of the return."),
  rows: z.array(VALUES).describe("A row has a member for each column, null where it has no value."),
};

const EXAMPLE_READ = {
  ...EXAMPLE_HEAD,
  columns: ["p.name", "p.born"],
  rows: [{ "p.name": "Ann", "p.born": "1985-05-01" }],
};

export const WARNINGS: z.ZodExactOptional<z.ZodArray<z.ZodString>> = z
  .array(z.string())
  .exactOptional()
  .describe("What is amiss with a call that went well; left out where nothing is.");

export const QUERY = shape(
  "QueryJson",
  "The answer of a read (`query`, `POST /query`).",
  {
    ...READ,
    graph_commit_id: z.string().describe("The commit whose state was read."),
    warnings: WARNINGS,
    sums: z
      .array(z.string())
      .exactOptional()
      .describe("In whole answers over HTTP: names of the columns that are sums; left out where none is."),
  },
  { ...EXAMPLE_READ, graph_commit_id: "01M84CRWS90000000000000010" },
);

export const LEGACY_READ = shape(
  "LegacyReadJson",
  "The answer of the deprecated `POST /read`, which never gets further members.",
  READ,
  EXAMPLE_READ,
);

export const ROWS_HEAD = shape(
  "RowsHeadJson",
  "The first line of a read as JSON Lines (`--format jsonl`); each further line is a row.",
  { kind: z.literal("metadata"), ...HEAD },
  { kind: "metadata", ...EXAMPLE_HEAD },
);

const TABLE_COLUMN = shape("TableColumnJson", "Which column of a table has the values of a property.", {
  property: z.string(),
  column: z.string(),
});

const TABLE = shape("DatasetTableJson", "A Lance table of a type, as other engines read it.", {
  path: z.string().describe("Folder of the table, in the graph."),
  version: COUNT.describe("The Lance version that belongs to the branch."),
  rows: COUNT,
  tombstones: COUNT.describe("Rows of earlier tables that it deletes."),
  columns: z
    .array(TABLE_COLUMN)
    .describe("The columns `id`, and for edges `src` and `dst`, are there besides."),
  indexes: z.array(z.string()).describe("Columns that have an index over all rows."),
});

const DATASET = shape("DatasetJson", "A type of nodes or edges, and its table.", {
  entity_kind: ENTITY_KIND,
  type_name: z.string(),
  dataset_path: z.string().describe("Folder of the base table, in the graph; empty while it has none."),
  published_dataset_version: COUNT.describe("Lance version of the base table, 0 while it has none."),
  native_dataset_branch: z.null().describe("No table has branches of its own: a branch is one of the graph."),
  entity_count: COUNT,
  tables: z.array(TABLE).exactOptional().describe("With `--tables`: later ones override earlier ones."),
  commits_besides: COUNT.exactOptional().describe(
    "With `--tables`: commits whose changes to the type are not in the tables.",
  ),
});

export const SNAPSHOT = shape(
  "SnapshotJson",
  "What a branch holds at its head (`snapshot`, `GET /snapshot`).",
  {
    graph_branch: z.string(),
    graph_manifest_version: COUNT.describe("Depth of the head."),
    internal_schema_version: COUNT.describe("Version of the format on disk."),
    datasets: z.array(DATASET).describe("Edges before nodes, each by name."),
    commit: COMMIT.exactOptional().describe("In whole answers over HTTP: the head."),
  },
  {
    graph_branch: "main",
    graph_manifest_version: 3,
    internal_schema_version: 1,
    datasets: [
      {
        entity_kind: "node",
        type_name: "Person",
        dataset_path: "",
        published_dataset_version: 0,
        native_dataset_branch: null,
        entity_count: 4,
      },
    ],
  },
);

export const NODE_LINE = shape(
  "NodeLineJson",
  "A node as a line of an export or a baseline (`export`, `POST /export`); a load takes such lines. Dates are days and DateTimes milliseconds since the epoch here.",
  { type: z.string(), data: VALUES.describe("The id, then every property.") },
  { type: "Person", data: { id: "ann", name: "Ann", born: 5599 } },
);

export const EDGE_LINE = shape(
  "EdgeLineJson",
  "An edge as such a line.",
  {
    edge: z.string().describe("Its type."),
    from: z.string().describe("Id of the node that it leaves."),
    to: z.string().describe("Id of the node that it leads to."),
    data: VALUES.describe("The id, then every property."),
  },
  { edge: "Knows", from: "ann", to: "bob", data: { id: "01M84CRWS90000000000000011", since: 18383 } },
);

export const SCHEMA = shape(
  "SchemaJson",
  "The schema of a branch (`schema show`, `GET /schema`).",
  { schema_source: z.string().describe("As it was given.") },
  { schema_source: "node Person { name: String @key }\n" },
);
