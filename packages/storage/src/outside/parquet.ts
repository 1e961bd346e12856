import { unreachable, type Value } from "@omnigraph/base";
import type { ScalarName } from "@omnigraph/language";
import { isNull, valueAt, vectorAt } from "../rows/access.ts";
import type { Column, ColumnType } from "../rows/column.ts";
import { columnBytes } from "../rows/bytes.ts";
import type { OutsideColumn } from "./outside.ts";
import { type ByteWriter, loadHyparquet, type ParquetWriter, type SchemaElement } from "./hyparquet.ts";

/** About how many bytes of rows one file has: a file is in memory while it is made. */
const FILE_BYTES = 64 << 20;

const PRIMITIVES: Readonly<Record<ScalarName, Omit<SchemaElement, "name" | "repetition_type">>> = {
  String: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  Blob: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  Bool: { type: "BOOLEAN" },
  I32: { type: "INT32" },
  U32: { type: "INT32", converted_type: "UINT_32" },
  I64: { type: "INT64" },
  U64: { type: "INT64", converted_type: "UINT_64" },
  F32: { type: "FLOAT" },
  F64: { type: "DOUBLE" },
  Date: { type: "INT32", converted_type: "DATE" },
  DateTime: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
};

/** The elements of a schema that describe one column: a list has two groups around its items. */
function elementsOf({ name, type, nullable }: OutsideColumn): readonly SchemaElement[] {
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  const primitive = PRIMITIVES[type.scalar];
  if (!type.list && type.dimension === null) return [{ name, repetition_type, ...primitive }];
  return [
    { name, repetition_type, converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "REQUIRED", ...primitive },
  ];
}

interface OpenFile {
  readonly bytes: ByteWriter;
  readonly writer: ParquetWriter;
}

/** Writes rows as Parquet, piece by piece: each piece is a row group, and about 64 MiB of rows are a file. */
export class ParquetFiles {
  readonly #columns: readonly OutsideColumn[];
  #open: OpenFile | null = null;
  #size = 0;

  constructor(columns: readonly OutsideColumn[]) {
    this.#columns = columns;
  }

  /** Adds rows, given by the columns in their order; the bytes of a file where one is full with them, else null. */
  add(columns: readonly Column[]): Uint8Array | null {
    this.#open ??= this.#begin();
    const columnData = this.#columns.map(({ name, type }, k) => {
      const column = columns[k]!;
      this.#size += columnBytes(column);
      const data = cellsOf(column);
      // A dictionary of floats would have one entry for both zeros.
      return isFloat(type) ? { name, data, encoding: "PLAIN" as const } : { name, data };
    });
    this.#open.writer.write({ columnData, rowGroupSize: columns[0]!.length });
    return this.#size < FILE_BYTES ? null : this.end();
  }

  /** The bytes of the file that is begun, or of one without rows. */
  end(): Uint8Array {
    const { bytes, writer } = this.#open ?? this.#begin();
    writer.finish();
    this.#open = null;
    this.#size = 0;
    return bytes.getBytes();
  }

  #begin(): OpenFile {
    const { ByteWriter, ParquetWriter } = loadHyparquet();
    const bytes = new ByteWriter();
    const schema = [
      { name: "root", num_children: this.#columns.length },
      ...this.#columns.flatMap(elementsOf),
    ];
    return { bytes, writer: new ParquetWriter({ writer: bytes, schema, createdBy: "omnigraph" }) };
  }

  get isBegun(): boolean {
    return this.#open !== null;
  }
}

function isFloat({ scalar }: ColumnType): boolean {
  return scalar === "F32" || scalar === "F64";
}

/** Cells as the writer takes them: 64-bit integers as bigint, vectors as arrays. */
function cellsOf(column: Column): readonly unknown[] {
  return Array.from({ length: column.length }, (_, row) => cellAt(column, row));
}

function cellAt(column: Column, row: number): unknown {
  if (isNull(column, row)) return null;
  switch (column.kind) {
    case "bool":
    case "number":
    case "text":
    case "dictionary":
      return valueAt(column, row);
    case "long":
      return BigInt(valueAt(column, row) as number | bigint);
    case "list": {
      const items = valueAt(column, row) as readonly Value[];
      return column.items.kind === "long" ? items.map((item) => BigInt(item as number | bigint)) : items;
    }
    case "vector":
      return Array.from(vectorAt(column, row));
    default:
      return unreachable(column);
  }
}
