import { present, unreachable } from "@omnigraph/base";
import { requireExternal } from "@omnigraph/storage/external";
import type * as arrow from "apache-arrow";
import { bitBytes, countBits } from "../../rows/bits.ts";
import type { Column, ListColumn, TextColumn } from "../../rows/column.ts";
import { plainText } from "../../rows/dictionary.ts";
import { denseComponents, denseOffsets } from "../../rows/format/packing.ts";
import { sliceColumn } from "../../rows/select.ts";
import { fixBoolWriter } from "./arrow-bools.ts";

export type Arrow = typeof arrow;

/** A column under the name that it has in a table. */
export interface NamedColumn {
  readonly name: string;
  readonly column: Column;
  readonly nullable: boolean;
}

/** Rows of one record batch: Lance encodes and writes batches in parallel. */
const BATCH_ROWS = 1 << 16;
const MAX_SIGNED = 2 ** 31 - 1;

let loaded: Arrow | null = null;

/** Arrow's CommonJS build, because lancedb uses that one. Loading it takes 0.1 s. */
export function loadArrow(): Arrow {
  // The module's type is that of its declarations; `require` itself has none.
  loaded ??= requireExternal("apache-arrow") as Arrow;
  fixBoolWriter(loaded);
  return loaded;
}

/** Rows [start, end) of our columns as an Arrow table, over the same memory where Arrow's layout allows it. */
export function arrowTable(columns: readonly NamedColumn[], start: number, end: number): arrow.Table {
  const { Field, Schema, Struct, RecordBatch, Table, makeData } = loadArrow();
  const plain = columns.map(({ column }) => {
    const part = sliceColumn(column, start, end);
    return part.kind === "dictionary" ? plainText(part) : part;
  });
  const fields = columns.map(
    ({ name, nullable }, i) => new Field(name, typeOf(present(plain[i], "column")), nullable),
  );
  const schema = new Schema(fields);
  const type = new Struct(fields);
  const batches: arrow.RecordBatch[] = [];
  for (let from = 0; from < end - start; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, end - start);
    const children = plain.map((column) => dataOf(sliceColumn(column, from, to)));
    batches.push(new RecordBatch(schema, makeData({ type, length: to - from, nullCount: 0, children })));
  }
  return new Table(schema, batches);
}

function typeOf(column: Column): arrow.DataType {
  const { Bool, Field, FixedSizeList, Float32, List, Utf8 } = loadArrow();
  switch (column.kind) {
    case "bool":
      return new Bool();
    case "number":
    case "long":
      return numericType(column.scalar);
    case "text":
    case "dictionary":
      return new Utf8();
    case "list":
      return new List(new Field("item", typeOf(column.items), true));
    case "vector":
      return new FixedSizeList(column.dimension, new Field("item", new Float32(), true));
    default:
      return unreachable(column);
  }
}

function numericType(
  scalar: "I32" | "U32" | "F32" | "F64" | "Date" | "I64" | "U64" | "DateTime",
): arrow.DataType {
  const { DateDay, Float32, Float64, Int32, Int64, TimeUnit, Timestamp, Uint32, Uint64 } = loadArrow();
  switch (scalar) {
    case "I32":
      return new Int32();
    case "U32":
      return new Uint32();
    case "F32":
      return new Float32();
    case "F64":
      return new Float64();
    case "Date":
      return new DateDay();
    case "I64":
      return new Int64();
    case "U64":
      return new Uint64();
    case "DateTime":
      return new Timestamp(TimeUnit.MILLISECOND, "UTC");
  }
}

function nullsOf({ validity, length }: Column): {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
} {
  if (validity === null) return { nullCount: 0 };
  return {
    nullCount: length - countBits(validity, length),
    nullBitmap: validity.subarray(0, bitBytes(length)),
  };
}

function dataOf(column: Column): arrow.Data {
  const { Bool, Field, FixedSizeList, Float32, makeData } = loadArrow();
  const { length } = column;
  const nulls = nullsOf(column);
  switch (column.kind) {
    case "bool":
      return makeData({ type: new Bool(), length, ...nulls, data: column.bits });
    case "number":
      return numberData(column.values, numericType(column.scalar), length, nulls);
    case "long":
      return numberData(
        longsOf(column.words, column.scalar, length),
        numericType(column.scalar),
        length,
        nulls,
      );
    case "text":
      return textData(column);
    case "list":
      return listData(column);
    case "vector": {
      const child = makeData({
        type: new Float32(),
        length: length * column.dimension,
        nullCount: 0,
        data: denseComponents(column),
      });
      const type = new FixedSizeList(column.dimension, new Field("item", new Float32(), true));
      return makeData({ type, length, ...nulls, child });
    }
    case "dictionary":
      return dataOf(plainText(column));
    default:
      return unreachable(column);
  }
}

type Nulls = ReturnType<typeof nullsOf>;

function numberData(data: unknown, type: arrow.DataType, length: number, nulls: Nulls): arrow.Data {
  // Cast: each numeric type takes the typed array of its width, as `numericType` pairs them; Int32 stands for all here.
  return loadArrow().makeData({ type: type as arrow.Int32, length, ...nulls, data: data as Int32Array });
}

/** 64-bit integers as Arrow needs them; copied only where they are not 8-byte aligned. */
function longsOf(words: Int32Array, scalar: string, length: number): BigInt64Array | BigUint64Array {
  const { buffer, byteOffset } = words.byteOffset % 8 === 0 ? words : words.slice();
  return scalar === "U64"
    ? new BigUint64Array(buffer, byteOffset, length)
    : new BigInt64Array(buffer, byteOffset, length);
}

/** Offsets as signed numbers, from 0 where they are too large for that. */
function signedOffsets(offsets: Uint32Array, length: number, from0: boolean): Int32Array {
  const first = offsets[0] ?? 0;
  if (offsets.length > 0 && (first === 0 || (!from0 && (offsets[length] ?? 0) <= MAX_SIGNED))) {
    return new Int32Array(offsets.buffer, offsets.byteOffset, length + 1);
  }
  const rebased = new Int32Array(length + 1);
  for (let i = 0; i <= length; i++) rebased[i] = (offsets[i] ?? 0) - first;
  return rebased;
}

function textData(column: TextColumn): arrow.Data {
  const { Utf8, makeData } = loadArrow();
  const { length, offsets, bytes } = column;
  // Arrow's writer rebases offsets and cuts the bytes itself.
  const valueOffsets = signedOffsets(offsets, length, false);
  const data = valueOffsets[0] === offsets[0] ? bytes : bytes.subarray(offsets[0] ?? 0, offsets[length] ?? 0);
  return makeData({ type: new Utf8(), length, ...nullsOf(column), valueOffsets, data });
}

function listData(column: ListColumn): arrow.Data {
  const { Field, List, makeData } = loadArrow();
  const { length } = column;
  const offsets = denseOffsets(column);
  const items = sliceColumn(column.items, offsets[0] ?? 0, offsets[length] ?? 0);
  const type = new List(new Field("item", typeOf(items), true));
  return makeData({
    type,
    length,
    ...nullsOf(column),
    valueOffsets: signedOffsets(offsets, length, true),
    child: dataOf(items),
  });
}
