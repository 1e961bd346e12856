import { entryOf } from "../../rows/access.ts";
import type { Column } from "../../rows/column.ts";
import type { NamedColumn } from "./arrow.ts";
import { textBytes } from "./text-bytes.ts";

/** Rows of a table that are handed to Lance in one buffer. */
export interface LanceCall {
  readonly start: number;
  readonly end: number;
  /** Without vector columns that are null in all these rows: Lance stores null for a column that it was not given. */
  readonly columns: readonly NamedColumn[];
}

const CALL_ROWS = 1 << 22;
/** Most bytes of vectors in one call: the buffer is copied on its way, and Arrow stores a vector for every row, null or not. */
const CALL_VECTOR_BYTES = 64 << 20;
/** Most bytes of texts in one call: one buffer cannot hold more than 4 GiB. */
const CALL_TEXT_BYTES = 1 << 30;

/** Splits the rows of a table so that the size of a buffer does not grow with the table. At least one call; it is empty only for an empty table. */
export function* lanceCalls(columns: readonly NamedColumn[], rows: number): Generator<LanceCall> {
  let start = 0;
  do {
    let end = Math.min(start + CALL_ROWS, rows);
    while (end - start > 1 && isTooLarge(columns, start, end)) end = start + ((end - start) >>> 1);
    const [from, to] = [start, end];
    yield {
      start,
      end,
      columns: columns.filter(({ column }) => rows === 0 || !isLeftOut(column, from, to)),
    };
    start = end;
  } while (start < rows);
}

function isLeftOut(column: Column, start: number, end: number): boolean {
  return column.kind === "vector" && entryOf(column, start) === entryOf(column, end);
}

function isTooLarge(columns: readonly NamedColumn[], start: number, end: number): boolean {
  let vectors = 0;
  let texts = 0;
  for (const { column } of columns) {
    if (column.kind !== "vector") texts += textBytes(column, start, end);
    else if (!isLeftOut(column, start, end)) vectors += (end - start) * vectorBytes(column.dimension);
  }
  return vectors > CALL_VECTOR_BYTES || texts > CALL_TEXT_BYTES;
}

function vectorBytes(dimension: number): number {
  return dimension * Float32Array.BYTES_PER_ELEMENT;
}
