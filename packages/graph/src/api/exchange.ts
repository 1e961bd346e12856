import type { CallOptions, PointInTime, WriteOptions } from "./graph.ts";

/** What is exported as tables, and how. */
export interface ExportTablesOptions extends CallOptions {
  /** What the tables are: Lance tables, or folders of Parquet files. */
  readonly format: "lance" | "parquet";
  /** Default `main`. */
  readonly branch?: string;
  /** An earlier commit or time instead of the head. */
  readonly at?: PointInTime;
  /** Only these types, by name. Default: all. */
  readonly types?: readonly string[];
  /** Called before each table is written. */
  readonly onProgress?: (progress: ExportTablesProgress) => void;
}

/** The table that is written next. */
export interface ExportTablesProgress {
  /** Name of the type. */
  readonly typeName: string;
  /** How many rows it has. */
  readonly rows: number;
}

/** Which rows a table brings, and how they are committed. */
export interface AdoptOptions extends WriteOptions {
  /** Name of the type of the rows. */
  readonly type: string;
  /** Version of the table. Default: the newest. */
  readonly version?: number;
}
