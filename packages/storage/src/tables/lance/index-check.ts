import type * as lancedb from "@lancedb/lancedb";
import { inTurns, ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import { isNull, valueAt } from "../../rows/access.ts";
import type { Column } from "../../rows/column.ts";
import { compareAt } from "../../rows/order.ts";
import { columnOfVector } from "./arrow-columns.ts";

/** Ranges of values for which an index is asked. */
const RANGES = 8;
/** Columns of more rows are asked for a few single values instead: Lance takes seconds for all rows of a million. */
const ALL_ROWS = 1 << 15;
/** Rows of which the ends of these ranges are chosen. */
const SAMPLE = 512;
const BATCH_ROWS = 1 << 16;
const ROW_ID = "_rowid";
const DAY_MS = 86_400_000;
/** Texts that are written in a filter without a doubt. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * What is wrong with the index of a column, or null: it covers all rows, and asked for the rows whose values are in a range it names those that a scan finds there.
 * The ranges take in all values; of a large column they are single values. In which order a range has its rows is not told, and of floats, times and truth
 * values only the number of rows is compared.
 */
export async function indexProblem(
  table: lancedb.Table,
  name: string,
  parts: readonly Column[],
  signal?: AbortSignal,
): Promise<string | null> {
  const column = new PartedColumn(parts);
  const index = (await table.listIndices()).find(
    ({ columns }) => columns.length === 1 && columns[0] === name,
  );
  const stats = index === undefined ? undefined : await table.indexStats(index.name);
  if (stats === undefined) return `column ${name} has no index`;
  const { numIndexedRows, numUnindexedRows } = stats;
  if (numIndexedRows !== column.length || numUnindexedRows !== 0)
    return `the index of column ${name} covers ${numIndexedRows} of ${column.length} rows`;
  const check = new RangeCheck(name, column);
  for (const where of check.conditions()) {
    const query = table.query().withRowId().where(where).select([ROW_ID]);
    const found = (await query.toArrow({ maxBatchLength: BATCH_ROWS })).getChild(ROW_ID);
    const rows = found === null ? null : columnOfVector(found);
    if (rows !== null && !(await inTurns(check.taking(rows), signal)))
      return `the index of column ${name} finds other rows than a scan for ${where}`;
  }
  const missing = await inTurns(check.missing(), signal);
  return missing === 0 ? null : `the index of column ${name} misses ${missing} of ${column.length} rows`;
}

/** A column as it was read: its parts are not put together. */
class PartedColumn {
  readonly length: number;
  readonly #parts: readonly Column[];

  constructor(parts: readonly Column[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
  }

  isNull(row: number): boolean {
    return isNull(...this.#at(row));
  }

  order(a: number, b: number): number {
    return compareAt(...this.#at(a), ...this.#at(b));
  }

  /** The value of a row in a filter; null for none, and for one that Lance might read as another. */
  literal(row: number): string | null {
    return literalOf(...this.#at(row));
  }

  #at(row: number): readonly [Column, number] {
    let at = row;
    for (const part of this.#parts) {
      if (at < part.length) return [part, at];
      at -= part.length;
    }
    throw new RangeError(`there is no row ${row}`);
  }
}

/** Values from that of one row to that of another: with it, where both are the same; no end where a row is missing. */
type Range = readonly [from: number | undefined, to: number | undefined];

/** The ranges of values of a column, one after another, and the rows that were found in them. */
class RangeCheck {
  readonly #name: string;
  readonly #column: PartedColumn;
  readonly #ranges: readonly Range[];
  readonly #seen: Uint8Array;
  #range: Range = [undefined, undefined];

  constructor(name: string, column: PartedColumn) {
    this.#name = name;
    this.#column = column;
    this.#ranges = rangesOf(column);
    this.#seen = new Uint8Array(this.#ranges.length === 0 ? 0 : column.length);
  }

  /** A filter for each range. */
  *conditions(): Generator<string, void, undefined> {
    for (this.#range of this.#ranges) {
      const [from, to] = this.#range;
      const compared = (operator: string, row: number | undefined): readonly string[] =>
        row === undefined ? [] : [`\`${this.#name}\` ${operator} ${this.#column.literal(row)}`];
      yield from === to
        ? compared("=", from).join("")
        : [...compared(">=", from), ...compared("<", to)].join(" AND ");
    }
  }

  /** Takes the rows that the index has in the current range: each once, and its value is in the range. */
  *taking(found: Column): Steps<boolean> {
    if (found.kind !== "long") return false;
    const [seen, { words }] = [this.#seen, found];
    let isRight = true;
    yield* ranges(found.length, STEP_ROWS, (start, end) => {
      for (let i = start; i < end && isRight; i++) {
        const row = words[2 * i + 1] === 0 ? (words[2 * i] ?? 0) >>> 0 : Infinity;
        isRight = seen[row] === 0 && !this.#column.isNull(row) && this.#has(row);
        seen[row] = 1;
      }
    });
    return isRight;
  }

  /** How many rows have a value that is in one of the ranges, and were in none. */
  *missing(): Steps<number> {
    if (this.#column.length > ALL_ROWS)
      return this.#ranges.filter(([row]) => row !== undefined && this.#seen[row] === 0).length;
    let missing = 0;
    yield* ranges(this.#seen.length, STEP_ROWS, (from, to) => {
      for (let row = from; row < to; row++) if (this.#seen[row] === 0 && !this.#column.isNull(row)) missing++;
    });
    return missing;
  }

  #has(row: number): boolean {
    const [from, to] = this.#range;
    const order = (other: number): number => this.#column.order(row, other);
    if (from !== undefined && from === to) return order(from) === 0;
    return (from === undefined || order(from) >= 0) && (to === undefined || order(to) < 0);
  }
}

function rangesOf(column: PartedColumn): readonly Range[] {
  const bounds = boundsOf(column);
  if (column.length > ALL_ROWS) return bounds.filter((_, k) => k % 3 === 1).map((row): Range => [row, row]);
  if (bounds.length === 0) return [];
  return [...bounds, undefined].map((to, k): Range => [bounds[k - 1], to]);
}

/** Rows whose values part the others, in rising order. */
function boundsOf(column: PartedColumn): readonly number[] {
  const step = Math.max(1, Math.floor(column.length / SAMPLE));
  const rows: number[] = [];
  for (let row = 0; row < column.length; row += step) if (column.literal(row) !== null) rows.push(row);
  rows.sort((a, b) => column.order(a, b));
  const bounds: number[] = [];
  for (let k = 0; k < RANGES; k++) {
    const [row, last] = [rows[Math.floor((k * rows.length) / RANGES)], bounds.at(-1)];
    if (row === undefined) continue;
    if (last === undefined || column.order(row, last) > 0) bounds.push(row);
  }
  return bounds;
}

function literalOf(column: Column, row: number): string | null {
  if (isNull(column, row)) return null;
  const value = valueAt(column, row);
  switch (column.kind) {
    case "text":
    case "dictionary":
      return PLAIN.test(String(value)) ? `'${String(value).replaceAll("'", "''")}'` : null;
    case "number":
      if (column.scalar === "Date") return dayOf(Number(value));
      return column.scalar === "I32" || column.scalar === "U32" ? String(value) : null;
    case "long":
      return column.scalar === "DateTime" ? null : String(value);
    case "bool":
    case "list":
    case "vector":
      return null;
  }
}

function dayOf(day: number): string | null {
  const text = new Date(day * DAY_MS).toISOString();
  return /^\d{4}-/.test(text) ? `date '${text.slice(0, 10)}'` : null;
}
