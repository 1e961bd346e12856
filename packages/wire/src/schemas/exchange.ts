import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { COUNT, ENTITY_KIND } from "./values.ts";

const EXPORTED_TABLE = shape("ExportedTableJson", "A table that was written for other programs.", {
  type_key: z.string().describe("`node:Name` or `edge:Name`."),
  kind: ENTITY_KIND,
  type_name: z.string(),
  path: z.string().describe("The folder of the table, below `to`."),
  rows: COUNT.describe("How many entities it has."),
});

export const TABLES_EXPORT = shape(
  "TablesExportJson",
  "What `export --format lance` or `parquet` wrote; also what `export.json` beside the tables holds.",
  {
    format: z.enum(["lance", "parquet"]),
    to: z.string().describe("Where the tables are, as it was given."),
    commit: COMMIT.describe("The commit whose entities they have."),
    tables: z.array(EXPORTED_TABLE).describe("Nodes first, by name."),
  },
  {
    format: "parquet",
    to: "people-tables",
    commit: EXAMPLE_COMMIT,
    tables: [{ type_key: "node:Person", kind: "node", type_name: "Person", path: "Person.parquet", rows: 3 }],
  },
);
