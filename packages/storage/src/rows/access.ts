import { unreachable, type Value } from "@omnigraph/base";
import { bitAt } from "./bits.ts";
import type { Column, DictionaryColumn, ListColumn, LongColumn, TextColumn, VectorColumn } from "./column.ts";
import { wordsToNumber, wordsToValue } from "./long.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Below this a loop over ASCII is faster than a call of the decoder. */
const SHORT = 24;

export function isNull(column: Column, i: number): boolean {
  return column.validity !== null && !bitAt(column.validity, i);
}

/** Number of entries before row `i` (or, for `i` = length, of all): the index of the row's own entry, if it is not null. */
export function entryOf({ rank }: ListColumn | VectorColumn, i: number): number {
  return rank === null ? i : rank.before(i);
}

/** Number of entries of a column. */
export function entriesOf({ rank, length }: ListColumn | VectorColumn): number {
  return rank === null ? length : rank.count;
}

/** Components of the entries [from, to) of vectors: a view, no copy. */
export function components({ values, dimension }: VectorColumn, from: number, to: number): Float32Array {
  const end = to * dimension;
  return from === 0 && end === values.length ? values : values.subarray(from * dimension, end);
}

/** Components of a row that is not null: a view, no copy. */
export function vectorAt(column: VectorColumn, i: number): Float32Array {
  const entry = entryOf(column, i);
  return components(column, entry, entry + 1);
}

/** Text of UTF-8 bytes[from, to). */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from <= SHORT) {
    let text = "";
    let i = from;
    for (; i < to; i++) {
      const unit = bytes[i] ?? 0;
      if (unit >= 0x80) break;
      text += String.fromCharCode(unit);
    }
    if (i === to) return text;
  }
  return decoder.decode(bytes.subarray(from, to));
}

/** Text of a row that is not null. */
export function textAt(column: TextColumn | DictionaryColumn, i: number): string {
  const text = column.kind === "text" ? column : column.dictionary;
  const entry = column.kind === "text" ? i : (column.codes[i] ?? 0);
  return decodeText(text.bytes, text.offsets[entry] ?? 0, text.offsets[entry + 1] ?? 0);
}

/** UTF-8 bytes of a row that is not null: a view, no copy. */
export function textBytesAt(column: TextColumn | DictionaryColumn, i: number): Uint8Array {
  const text = column.kind === "text" ? column : column.dictionary;
  const entry = column.kind === "text" ? i : (column.codes[i] ?? 0);
  return text.bytes.subarray(text.offsets[entry] ?? 0, text.offsets[entry + 1] ?? 0);
}

/** A number or integer as a double (a 64-bit integer beyond 2^53 is rounded); a Bool as 0 or 1. NaN for null and for what is no number. */
export function numberAt(column: Column, i: number): number {
  if (isNull(column, i)) return Number.NaN;
  switch (column.kind) {
    case "number":
      return column.values[i] ?? Number.NaN;
    case "long":
      return wordsToNumber(column.words[2 * i] ?? 0, column.words[2 * i + 1] ?? 0, column.scalar === "U64");
    case "bool":
      return bitAt(column.bits, i) ? 1 : 0;
    case "text":
    case "dictionary":
    case "list":
    case "vector":
      return Number.NaN;
  }
}

/** A 64-bit integer that is not null: a number when safe, else a bigint. */
export function longAt(column: LongColumn, i: number): number | bigint {
  return wordsToValue(column.words[2 * i] ?? 0, column.words[2 * i + 1] ?? 0, column.scalar === "U64");
}

/** The value of a row as JavaScript sees it. A vector is a copy. */
export function valueAt(column: Column, i: number): Value {
  if (isNull(column, i)) return null;
  switch (column.kind) {
    case "bool":
      return bitAt(column.bits, i);
    case "number":
      return column.values[i] ?? null;
    case "long":
      return longAt(column, i);
    case "text":
    case "dictionary":
      return textAt(column, i);
    case "list": {
      const items: Value[] = [];
      const entry = entryOf(column, i);
      const end = column.offsets[entry + 1] ?? 0;
      for (let k = column.offsets[entry] ?? 0; k < end; k++) items.push(valueAt(column.items, k));
      return items;
    }
    case "vector":
      return vectorAt(column, i).slice();
    default:
      return unreachable(column);
  }
}
