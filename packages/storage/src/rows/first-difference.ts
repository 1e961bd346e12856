import { STEP_ROWS, type Steps } from "@omnigraph/base";
import { bytesOf, columnBuffers } from "./format/buffers.ts";
import { plainText } from "./dictionary.ts";
import type { Column } from "./column.ts";
import { equalAt } from "./order.ts";

/** The first row in which two columns differ, or -1: however each of them stores its values. Columns of different length differ behind the shorter one. */
export function* findingDifference(a: Column, b: Column): Steps<number> {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  if (familyOf(a) !== familyOf(b)) return a.length === 0 ? -1 : 0;
  if (isSameBytes(a, b)) return -1;
  for (let row = 0; row < a.length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    if (!equalAt(a, row, b, row)) return row;
  }
  return -1;
}

/** Whether two columns have the same buffers, which almost all that are equal have. */
function isSameBytes(a: Column, b: Column): boolean {
  const [x, y] = [a, b].map((column) =>
    columnBuffers(column.kind === "dictionary" ? plainText(column) : column),
  );
  if (x === undefined || y === undefined || x.buffers.length !== y.buffers.length) return false;
  return x.buffers.every((buffer, i) => {
    const other = y.buffers[i];
    return other !== undefined && Buffer.compare(bytesOf(buffer), bytesOf(other)) === 0;
  });
}

/** Kinds of one family can be compared. */
function familyOf({ kind }: Column): string {
  if (kind === "dictionary") return "text";
  return kind === "bool" || kind === "long" ? "number" : kind;
}
