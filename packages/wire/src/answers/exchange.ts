import type { EntityKind } from "../shapes.generated.ts";
import type { CommitSummary } from "./commits.ts";

/** A table that was written for other programs. */
export interface ExportedTable {
  /** Whether its rows are nodes or edges. */
  readonly kind: EntityKind;
  /** Name of the type in the schema. */
  readonly typeName: string;
  /** The folder of the table, below the address. */
  readonly path: string;
  /** How many entities it has. */
  readonly rows: number;
}

/** What an export of tables wrote. */
export interface TablesExportAnswer {
  /** Where the tables are, as it was given. */
  readonly to: string;
  /** Their format. */
  readonly format: "lance" | "parquet";
  /** The commit whose entities they have. */
  readonly commit: CommitSummary;
  /** The tables: nodes first, by name. */
  readonly tables: readonly ExportedTable[];
}
