import { entryOf } from "../../rows/access.ts";
import type { Column } from "../../rows/column.ts";
import type { NamedColumn } from "./arrow.ts";
import { textBytes } from "./text-bytes.ts";

/** Rows of a table that cross to Lance in one buffer. */
export interface LanceCall {
  readonly start: number;
  readonly end: number;
  /** Without columns of vectors that are null in all these rows: Lance reads as null what it was not given. */
  readonly columns: readonly NamedColumn[];
}

const CALL_ROWS = 1 << 22;
/** A buffer is copied on its way, and Arrow has a vector in every row, null or not. */
const CALL_VECTOR_BYTES = 64 << 20;
/** One buffer cannot hold more than 4 GiB. */
const CALL_TEXT_BYTES = 1 << 30;

/** The rows of a table cut so that no buffer grows with the table. At least one call; only an empty table has an empty one. */
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
