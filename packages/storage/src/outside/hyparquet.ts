import { requireExternal } from "@omnigraph/storage/external";

/** An element of a schema of Parquet. */
export interface SchemaElement {
  readonly name: string;
  readonly type?: "BOOLEAN" | "INT32" | "INT64" | "FLOAT" | "DOUBLE" | "BYTE_ARRAY";
  readonly repetition_type?: "REQUIRED" | "OPTIONAL" | "REPEATED";
  readonly converted_type?: "UTF8" | "DATE" | "TIMESTAMP_MILLIS" | "UINT_32" | "UINT_64" | "LIST";
  readonly logical_type?: {
    readonly type: "TIMESTAMP";
    readonly isAdjustedToUTC: true;
    readonly unit: "MILLIS";
  };
  readonly num_children?: number;
}

/** The cells of one column of a row group. */
interface ColumnData {
  readonly name: string;
  readonly data: readonly unknown[];
  readonly encoding?: "PLAIN";
}

/** The bytes of a file. */
export interface ByteWriter {
  getBytes(): Uint8Array;
}

/** One file that is being made. */
export interface ParquetWriter {
  write(rows: { readonly columnData: readonly ColumnData[]; readonly rowGroupSize: number }): void;
  finish(): void;
}

/** The part of the package hyparquet-writer that we use. Its own types are looser: cells are `any`. */
interface Hyparquet {
  readonly ByteWriter: new () => ByteWriter;
  readonly ParquetWriter: new (options: {
    readonly writer: ByteWriter;
    readonly schema: readonly SchemaElement[];
    readonly createdBy: string;
  }) => ParquetWriter;
}

let loaded: Hyparquet | null = null;

/** Loads hyparquet-writer. */
export function loadHyparquet(): Hyparquet {
  // `require` has no type of its own for what it loads.
  loaded ??= requireExternal("hyparquet-writer") as Hyparquet;
  return loaded;
}
