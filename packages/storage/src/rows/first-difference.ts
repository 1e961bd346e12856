import { STEP_ROWS, type Steps } from "@omnigraph/base";
import { entryOf, isNull, vectorAt } from "./access.ts";
import { bytesOf, type ColumnBuffer, columnBuffers } from "./format/buffers.ts";
import { plainText } from "./dictionary.ts";
import type { Column, ListColumn, TextColumn } from "./column.ts";
import { equalAt } from "./order.ts";
import { sliceColumn } from "./select.ts";

/**
 * The first row in which the parts of a column differ from another column, or -1: however each of them stores its values. Columns of different length differ
 * behind the shorter one. Floats differ by their bits: zeros have signs, and what is no number is no other value.
 */
export function* findingDifference(parts: readonly Column[], whole: Column): Steps<number> {
  let start = 0;
  for (const part of parts) {
    const length = Math.min(part.length, whole.length - start);
    const row = yield* differenceWithin(part, sliceColumn(whole, start, start + length), length);
    if (row >= 0) return start + row;
    yield;
    start += length;
    if (length < part.length) return start;
  }
  return start < whole.length ? start : -1;
}

/** The first of so many rows in which two columns differ, or -1. */
function* differenceWithin(a: Column, b: Column, length: number): Steps<number> {
  if (familyOf(a) !== familyOf(b)) return length === 0 ? -1 : 0;
  if (a.length === length && haveSameBytes(a, b)) return -1;
  for (let row = 0; row < length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    if (!isSameAt(a, b, row)) return row;
  }
  return -1;
}

/** Whether two columns have the same buffers, which almost all that are equal have. */
function haveSameBytes(first: Column, second: Column): boolean {
  const [a, b] = [plain(first), plain(second)];
  if (a.kind === "text" && b.kind === "text" && a.validity === null && b.validity === null)
    return haveSameTexts(a, b);
  const [x, y] = [columnBuffers(a).buffers, columnBuffers(b).buffers];
  return x.length === y.length && x.every((buffer, i) => isSame(bytesOf(buffer), y[i]));
}

function plain(column: Column): Column {
  return column.kind === "dictionary" ? plainText(column) : column;
}

/** As many texts, none of them null: whatever their offsets begin with. */
function haveSameTexts(a: TextColumn, b: TextColumn): boolean {
  const [x = 0, y = 0] = [a.offsets[0], b.offsets[0]];
  for (let row = 0; row <= a.length; row++)
    if ((a.offsets[row] ?? 0) - x !== (b.offsets[row] ?? 0) - y) return false;
  const bytesIn = ({ bytes, offsets, length }: TextColumn): Uint8Array =>
    bytes.subarray(offsets[0] ?? 0, offsets[length] ?? 0);
  return isSame(bytesIn(a), bytesIn(b));
}

function isSame(a: Uint8Array, b: ColumnBuffer | undefined): boolean {
  return b !== undefined && Buffer.compare(a, bytesOf(b)) === 0;
}

function isSameAt(a: Column, b: Column, row: number): boolean {
  if (isNull(a, row) || isNull(b, row)) return isNull(a, row) && isNull(b, row);
  if (a.kind === "number" && b.kind === "number") return Object.is(a.values[row], b.values[row]);
  if (a.kind === "vector" && b.kind === "vector") return isSame(bytesOf(vectorAt(a, row)), vectorAt(b, row));
  if (a.kind === "list" && b.kind === "list") return haveSameItems(itemsAt(a, row), itemsAt(b, row));
  return equalAt(a, row, b, row);
}

function itemsAt(lists: ListColumn, row: number): Column {
  const entry = entryOf(lists, row);
  return sliceColumn(lists.items, lists.offsets[entry] ?? 0, lists.offsets[entry + 1] ?? 0);
}

function haveSameItems(a: Column, b: Column): boolean {
  if (a.length !== b.length) return false;
  for (let item = 0; item < a.length; item++) if (!isSameAt(a, b, item)) return false;
  return true;
}

/** Kinds of one family can be compared. */
function familyOf({ kind }: Column): string {
  if (kind === "dictionary") return "text";
  return kind === "bool" || kind === "long" ? "number" : kind;
}
