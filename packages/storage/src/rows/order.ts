import { assert } from "@omnigraph/base";
import { entryOf, isNull, vectorAt } from "./access.ts";
import { bitAt } from "./bits.ts";
import type {
  BoolColumn,
  Column,
  DictionaryColumn,
  ListColumn,
  LongColumn,
  NumberColumn,
  TextColumn,
  VectorColumn,
} from "./column.ts";
import { wordsToBigint, wordsToNumber } from "./long.ts";

/** NaN, which no value of a graph is but one in a table that others wrote may be, comes after all numbers and is equal to itself alone. */
function sign(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Order of two byte ranges: by the first byte that differs, else by length. Of UTF-8 that is the order of code points. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const common = Math.min(aTo - aFrom, bTo - bFrom);
  for (let k = 0; k < common; k++) {
    const difference = (a[aFrom + k] ?? 0) - (b[bFrom + k] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return sign(aTo - aFrom, bTo - bFrom);
}

function compareText(
  a: TextColumn | DictionaryColumn,
  i: number,
  b: TextColumn | DictionaryColumn,
  j: number,
): number {
  const x = a.kind === "text" ? a : a.dictionary;
  const y = b.kind === "text" ? b : b.dictionary;
  const m = a.kind === "text" ? i : (a.codes[i] ?? 0);
  const n = b.kind === "text" ? j : (b.codes[j] ?? 0);
  if (x === y && m === n) return 0;
  return compareBytes(
    x.bytes,
    x.offsets[m] ?? 0,
    x.offsets[m + 1] ?? 0,
    y.bytes,
    y.offsets[n] ?? 0,
    y.offsets[n + 1] ?? 0,
  );
}

type Numeric = NumberColumn | LongColumn | BoolColumn;

function nearest(column: Numeric, i: number): number {
  switch (column.kind) {
    case "number":
      return column.values[i] ?? 0;
    case "long":
      return wordsToNumber(column.words[2 * i] ?? 0, column.words[2 * i + 1] ?? 0, column.scalar === "U64");
    case "bool":
      return bitAt(column.bits, i) ? 1 : 0;
  }
}

function exact(column: Numeric, i: number): number | bigint {
  if (column.kind !== "long") return nearest(column, i);
  return wordsToBigint(column.words[2 * i] ?? 0, column.words[2 * i + 1] ?? 0, column.scalar === "U64");
}

/** Rounding to doubles keeps the order but can make neighbours equal, so 64-bit integers are compared exactly where their doubles are equal. */
function compareNumeric(a: Numeric, i: number, b: Numeric, j: number): number {
  const x = nearest(a, i);
  const y = nearest(b, j);
  if (x !== y || Number.isSafeInteger(x) || (a.kind !== "long" && b.kind !== "long")) return sign(x, y);
  const p = exact(a, i);
  const q = exact(b, j);
  return p < q ? -1 : p > q ? 1 : 0;
}

function compareLists(a: ListColumn, i: number, b: ListColumn, j: number): number {
  const p = entryOf(a, i);
  const q = entryOf(b, j);
  let k = a.offsets[p] ?? 0;
  let m = b.offsets[q] ?? 0;
  const aEnd = a.offsets[p + 1] ?? 0;
  const bEnd = b.offsets[q + 1] ?? 0;
  for (; k < aEnd && m < bEnd; k++, m++) {
    const order = compareAt(a.items, k, b.items, m);
    if (order !== 0) return order;
  }
  return sign(aEnd - k, bEnd - m);
}

function compareVectors(a: VectorColumn, i: number, b: VectorColumn, j: number): number {
  const x = vectorAt(a, i);
  const y = vectorAt(b, j);
  for (let k = 0; k < Math.min(x.length, y.length); k++) {
    const order = sign(x[k] ?? 0, y[k] ?? 0);
    if (order !== 0) return order;
  }
  return sign(x.length, y.length);
}

/**
 * The total order of the language over two rows: negative, 0 or positive. Null first; numbers by value, exactly, whatever their types (both
 * zeros are equal, NaN is the greatest); texts by their UTF-8 bytes; false before true; lists and vectors by the first item that differs, then by length.
 */
export function compareAt(a: Column, i: number, b: Column, j: number): number {
  const aNull = isNull(a, i);
  const bNull = isNull(b, j);
  if (aNull || bNull) return aNull === bNull ? 0 : aNull ? -1 : 1;
  if (a.kind === "text" || a.kind === "dictionary") {
    assert(b.kind === "text" || b.kind === "dictionary", `text is compared with text, not ${b.kind}`);
    return compareText(a, i, b, j);
  }
  if (a.kind === "list") {
    assert(b.kind === "list", `a list is compared with a list, not ${b.kind}`);
    return compareLists(a, i, b, j);
  }
  if (a.kind === "vector") {
    assert(b.kind === "vector", `a vector is compared with a vector, not ${b.kind}`);
    return compareVectors(a, i, b, j);
  }
  assert(
    b.kind === "number" || b.kind === "long" || b.kind === "bool",
    `a number is compared with a number, not ${b.kind}`,
  );
  return compareNumeric(a, i, b, j);
}

/** Whether two rows hold the same value; two nulls do. */
export function equalAt(a: Column, i: number, b: Column, j: number): boolean {
  return compareAt(a, i, b, j) === 0;
}
