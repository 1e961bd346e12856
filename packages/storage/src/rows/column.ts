import type { ScalarName } from "@omnigraph/language";
import type { Rank } from "./rank.ts";

/** One bit a row, least significant first as in Arrow; set = present. Null: every row is present. */
export type Validity = Uint8Array | null;

export interface ColumnBase {
  readonly length: number;
  readonly validity: Validity;
}

/** Bool: one bit a row, as in Arrow. */
export interface BoolColumn extends ColumnBase {
  readonly kind: "bool";
  readonly bits: Uint8Array;
}

/** I32, U32, F32, F64 and Date (epoch days, Int32Array). */
export interface NumberColumn extends ColumnBase {
  readonly kind: "number";
  readonly scalar: "I32" | "U32" | "F32" | "F64" | "Date";
  readonly values: Int32Array | Uint32Array | Float32Array | Float64Array;
}

/**
 * I64, U64 and DateTime (epoch milliseconds, signed). Kept as pairs of 32-bit words (low, high; little endian) over the same buffer as
 * a BigInt64Array, so that values within 2^53 are read without a bigint.
 */
export interface LongColumn extends ColumnBase {
  readonly kind: "long";
  readonly scalar: "I64" | "U64" | "DateTime";
  readonly words: Int32Array;
}

/** Text as UTF-8: row i is bytes[offsets[i], offsets[i+1]). Strings, enums, ids and Blob references. */
export interface TextColumn extends ColumnBase {
  readonly kind: "text";
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Text by dictionary: row i is entry codes[i] of the dictionary (no duplicates, no nulls in it). */
export interface DictionaryColumn extends ColumnBase {
  readonly kind: "dictionary";
  readonly codes: Uint32Array;
  readonly dictionary: TextColumn;
}

/** A column that stores entries only for the rows that are present: the entry of row i is `entryOf(column, i)`. */
export interface PackedColumn extends ColumnBase {
  /** Counts present rows over the validity; null exactly where the validity is null: then row i has entry i. */
  readonly rank: Rank | null;
}

/** Entry k is items[offsets[k], offsets[k+1]). */
export interface ListColumn extends PackedColumn {
  readonly kind: "list";
  readonly offsets: Uint32Array;
  readonly items: BoolColumn | NumberColumn | LongColumn | TextColumn;
}

/** Entry k is values[k*dimension, (k+1)*dimension): read by `vectorAt`. */
export interface VectorColumn extends PackedColumn {
  readonly kind: "vector";
  readonly dimension: number;
  readonly values: Float32Array;
}

/** Values of one property, immutable once made. */
export type Column =
  | BoolColumn
  | NumberColumn
  | LongColumn
  | TextColumn
  | DictionaryColumn
  | ListColumn
  | VectorColumn;

/** What a column holds; follows from a property's ValueType. */
export interface ColumnType {
  readonly scalar: ScalarName;
  readonly list: boolean;
  readonly dimension: number | null;
}
