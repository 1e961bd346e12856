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
  pending_indexes: z.array(z.string()).describe("Indexes that do not cover the tables yet."),
  tables: COUNT.describe("Tables of the type now."),
  rows_written: COUNT,
});

export const OPTIMIZE = shape(
  "OptimizeJson",
  "What `optimize` did to a branch.",
  {
    uri: z.string().describe("Address of the graph as it was given."),
    branch: z.string(),
    commit: COMMIT.nullable().describe("Null where there was nothing to do."),
    datasets: z.array(DATASET).describe("Every type that ever had an entity."),
  },
  {
    uri: "my.omni",
    branch: "main",
    commit: { ...EXAMPLE_COMMIT, message: null, kind: "maintenance" },
    datasets: [EXAMPLE_DATASET],
  },
);
