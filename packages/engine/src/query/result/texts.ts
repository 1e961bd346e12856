import type { Value } from "@omnigraph/base";
import { bitAt, decodeText, type TextColumn } from "@omnigraph/storage";

/** Most bytes decoded at once; longer texts are decoded one by one. */
const WINDOW_BYTES = 1 << 16;

/**
 * The texts of many rows. Their bytes are gathered, decoded at once and then cut into strings, which is much faster than decoding each row. Only for
 * ASCII, where a byte is a character.
 */
export function readTexts(column: TextColumn, rows: Uint32Array): Value[] {
  const values: Value[] = [];
  const window = Buffer.allocUnsafe(windowBytes(column, rows));
  let start = 0;
  while (start < rows.length) start = readWindow(column, rows, start, values, window);
  return values;
}

function windowBytes({ offsets }: TextColumn, rows: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < rows.length && total < WINDOW_BYTES; i++)
    total += offsets[rows[i]! + 1]! - offsets[rows[i]!]!;
  return Math.min(total, WINDOW_BYTES);
}

/** Reads rows from `start` on, as many as fit into the window and at least one; answers the next row. */
function readWindow(
  column: TextColumn,
  rows: Uint32Array,
  start: number,
  values: Value[],
  window: Buffer,
): number {
  const { offsets, bytes } = column;
  let filled = 0;
  let bits = 0;
  let end = start;
  for (; end < rows.length; end++) {
    const from = offsets[rows[end]!]!;
    const to = offsets[rows[end]! + 1]!;
    if (filled + to - from > window.length) break;
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      bits |= byte;
      window[filled++] = byte;
    }
  }
  if (end === start || bits >= 0x80) return readSingly(column, rows, start, Math.max(end, start + 1), values);
  const text = window.toString("latin1", 0, filled);
  let at = 0;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    const next = at + offsets[row + 1]! - offsets[row]!;
    values.push(isPresent(column, row) ? text.slice(at, next) : null);
    at = next;
  }
  return end;
}

function readSingly(
  column: TextColumn,
  rows: Uint32Array,
  start: number,
  end: number,
  values: Value[],
): number {
  const { offsets, bytes } = column;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    values.push(isPresent(column, row) ? decodeText(bytes, offsets[row]!, offsets[row + 1]!) : null);
  }
  return end;
}

function isPresent({ validity }: TextColumn, row: number): boolean {
  return validity === null || bitAt(validity, row);
}
