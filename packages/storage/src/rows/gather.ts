import { present, STEP_BYTES, STEP_ROWS, type Steps } from "@omnigraph/base";
import { columnBytes } from "./bytes.ts";
import type { Column } from "./column.ts";
import { concatColumns, concatenating } from "./concat.ts";
import { encodingDictionary } from "./dictionary.ts";
import { sliceColumn, takeColumn } from "./select.ts";

/**
 * The rows named of columns of one type, at least one, that are numbered as if they stood one after another; all of them for null. Text is
 * dictionary-encoded if one of the columns was and it still pays off.
 */
export function* gathering(columns: readonly Column[], rows: Uint32Array | null): Steps<Column> {
  const first = present(columns[0], "column to gather from");
  if (rows === null && columns.length === 1) return first;
  const source = new Source(columns);
  const length = rows?.length ?? source.length;
  const parts: Column[] = [];
  const size = source.stepRows();
  for (let start = 0; start === 0 || start < length; start += size) {
    const end = Math.min(start + size, length);
    parts.push(...(rows === null ? source.slices(start, end) : source.named(rows.subarray(start, end))));
    if (end < length) yield;
  }
  const joined = yield* concatenating(parts);
  if (joined.kind !== "text" || !columns.some(({ kind }) => kind === "dictionary")) return joined;
  return (yield* encodingDictionary(joined)) ?? joined;
}

/** Rows that follow each other are copied as one range where ranges have this many on average: a range costs as much as some rows one by one. */
const RANGE_ROWS = 16;

/** Where ranges of rows that follow each other begin, and the end of the last; null where they are short. */
function rangesIn(rows: Uint32Array): readonly number[] | null {
  const starts = [0];
  const most = rows.length / RANGE_ROWS;
  for (let k = 1; k < rows.length; k++) {
    if ((rows[k] ?? 0) === (rows[k - 1] ?? 0) + 1) continue;
    if (starts.length >= most) return null;
    starts.push(k);
  }
  return [...starts, rows.length];
}

/** Columns that are numbered as one. */
class Source {
  readonly length: number;
  readonly #columns: readonly Column[];
  /** The number of the first row of each column, and their total at the end. */
  readonly #starts: readonly number[];

  constructor(columns: readonly Column[]) {
    const starts = [0];
    for (const { length } of columns) starts.push((starts.at(-1) ?? 0) + length);
    this.#columns = columns;
    this.#starts = starts;
    this.length = starts.at(-1) ?? 0;
  }

  /** Rows of a step, fewer where they are wide. */
  stepRows(): number {
    const bytes = this.#columns.reduce((sum, column) => sum + columnBytes(column), 0);
    return Math.max(1, Math.min(STEP_ROWS, Math.floor((STEP_BYTES * this.length) / Math.max(bytes, 1))));
  }

  /** Rows [start, end), as parts of the columns that have them. */
  slices(start: number, end: number): readonly Column[] {
    return this.#columns.flatMap((column, k) => {
      const before = this.#starts[k] ?? 0;
      const from = Math.max(start - before, 0);
      const to = Math.min(end - before, column.length);
      return from < to || this.length === 0 ? [sliceColumn(column, from, Math.max(from, to))] : [];
    });
  }

  /** The rows named, as parts: views of the columns where they are ranges of rows, else a copy. */
  named(rows: Uint32Array): readonly Column[] {
    const bounds = rangesIn(rows);
    if (bounds === null || rows.length === 0) return [this.#take(rows)];
    return bounds.slice(1).flatMap((end, k) => {
      const start = bounds[k] ?? 0;
      const first = rows[start] ?? 0;
      return this.slices(first, first + end - start);
    });
  }

  /** A copy of the rows named: those of each column together first, then in their order. */
  #take(rows: Uint32Array): Column {
    const owners = Uint32Array.from(rows, (row) => this.#ownerOf(row));
    const held = this.#columns.map(() => 0);
    for (const owner of owners) held[owner] = (held[owner] ?? 0) + 1;
    const local = held.map((count) => new Uint32Array(count));
    const ends = held.map(() => 0);
    const places = new Uint32Array(rows.length);
    for (let k = 0; k < rows.length; k++) {
      const owner = owners[k] ?? 0;
      const at = ends[owner] ?? 0;
      ends[owner] = at + 1;
      places[k] = at;
      present(local[owner], "rows of a column")[at] = (rows[k] ?? 0) - (this.#starts[owner] ?? 0);
    }
    const taken = local.map((own, k) => takeColumn(present(this.#columns[k], "column"), own));
    const filled = taken.filter(({ length }) => length > 0);
    if (filled.length <= 1) return present(filled[0] ?? taken[0], "column");
    let before = 0;
    const offsets = held.map((count) => (before += count) - count);
    for (let k = 0; k < rows.length; k++) places[k] = (places[k] ?? 0) + (offsets[owners[k] ?? 0] ?? 0);
    return takeColumn(concatColumns(filled), places);
  }

  #ownerOf(row: number): number {
    let owner = 0;
    while (row >= (this.#starts[owner + 1] ?? Infinity)) owner++;
    return owner;
  }
}
