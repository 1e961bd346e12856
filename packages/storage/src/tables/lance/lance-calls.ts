import { entryOf } from "../../rows/access.ts";
import type { Column } from "../../rows/column.ts";
import type { NamedColumn } from "./arrow-messages.ts";
import { arrowBytes } from "./arrow-bytes.ts";

/** Rows of a table that are handed to Lance in one buffer. */
export interface LanceCall {
  readonly start: number;
  readonly end: number;
  /** Without vector columns that are null in all these rows: Lance stores null for a column that it was not given. */
  readonly columns: readonly NamedColumn[];
}

/** Bytes of a call: the buffer is copied three times on its way, and the event loop is held as long. */
const CALL_BYTES = 6 << 20;
/** Most bytes of a call, however large the table is. */
const MOST_CALL_BYTES = 64 << 20;
/** A table of more calls than this has larger ones: each call makes a fragment, and others read many fragments more slowly. */
const CALLS = 128;

/** Splits the rows of a table into buffers of a size that hardly grows with the table. At least one call; it is empty only for an empty table. */
export function* lanceCalls(columns: readonly NamedColumn[], rows: number): Generator<LanceCall> {
  const size = (start: number, end: number): number =>
    columns.reduce(
      (sum, { column }) => (isLeftOut(column, start, end) ? sum : sum + arrowBytes(column, start, end)),
      0,
    );
  const most = Math.min(Math.max(size(0, rows) / CALLS, CALL_BYTES), MOST_CALL_BYTES);
  let start = 0;
  do {
    const end = endOfCall(start, rows, (to) => size(start, to) / most);
    yield lanceCall(columns, start, end);
    start = end;
  } while (start < rows);
}

/** Rows [start, end) in one buffer. */
export function lanceCall(columns: readonly NamedColumn[], start: number, end: number): LanceCall {
  return {
    start,
    end,
    columns: columns.filter(({ column }) => end === start || !isLeftOut(column, start, end)),
  };
}

/** The greatest end, about, up to which the rows from `start` on take at most a share of 1; at least one row. */
function endOfCall(start: number, rows: number, shareOf: (end: number) => number): number {
  let end = rows;
  for (let share = shareOf(end); end - start > 1 && share > 1; share = shareOf(end))
    end = start + Math.max(1, Math.floor((end - start) / Math.max(share, 1.1)));
  return end;
}

function isLeftOut(column: Column, start: number, end: number): boolean {
  return column.kind === "vector" && entryOf(column, start) === entryOf(column, end);
}
