import { defineMember, type Value } from "@omnigraph/base";
import { type AnswerValue, type ExprType, type ReturnColumn, toJsonValue } from "@omnigraph/language";
import type { Table } from "./table.ts";

/** Rows read together. */
const PIECE_ROWS = 1024;

/** A row of an answer: values as JSON shows them, by column name. */
export type ResultRow = Readonly<Record<string, AnswerValue>>;

/** Whether values of the type are converted for answers: dates, F32, vectors. */
function isConverted({ scalar, list, dimension }: ExprType): boolean {
  return list || dimension !== null || scalar === "Date" || scalar === "DateTime" || scalar === "F32";
}

/** The answer of a read: columns by position; values are read from the snapshot on demand. */
export class QueryResult {
  /** Names of the columns. */
  readonly columns: readonly string[];
  readonly types: readonly ExprType[];
  /** Number of rows. */
  readonly length: number;
  readonly #table: Table;
  /** Rows of the table that come before those of the answer. */
  readonly #offset: number;

  constructor(columns: readonly ReturnColumn[], table: Table, offset: number) {
    this.columns = columns.map(({ name }) => name);
    this.types = columns.map(({ expr }) => expr.type);
    this.length = Math.max(0, table.length - offset);
    this.#table = table;
    this.#offset = offset;
  }

  /** All values of a column, as properties store them (dates are numbers). */
  values(column: number): readonly Value[] {
    return this.#read(column, 0, this.length);
  }

  /** Gives back the disk that a large answer is read from; it must not be read afterwards. Otherwise that happens when nobody refers to the answer any more. */
  release(): void {
    this.#table.release?.();
  }

  /** Every row. */
  rows(): readonly ResultRow[] {
    return this.#rows(0, this.length);
  }

  /** Row by row, without making all of them at once. */
  *iterate(): Generator<ResultRow> {
    for (let start = 0; start < this.length; start += PIECE_ROWS) {
      yield* this.#rows(start, Math.min(start + PIECE_ROWS, this.length));
    }
  }

  #rows(start: number, end: number): readonly ResultRow[] {
    const rows: Record<string, AnswerValue>[] = [];
    for (let row = start; row < end; row++) rows.push({});
    for (let column = 0; column < this.columns.length; column++) {
      const name = this.columns[column]!;
      const values = this.#shown(column, start, end);
      // Plain assignment keeps the hidden class of rows, but for this name it would set the prototype.
      if (name === "__proto__") values.forEach((value, row) => defineMember(rows[row]!, name, value));
      else for (let row = 0; row < values.length; row++) rows[row]![name] = values[row]!;
    }
    return rows;
  }

  #read(column: number, start: number, end: number): Value[] {
    return this.#table.columns[column]?.read(this.#offset + start, this.#offset + end) ?? [];
  }

  #shown(column: number, start: number, end: number): readonly AnswerValue[] {
    const type = this.types[column]!;
    const values = this.#read(column, start, end);
    // Cast: values of types that need no conversion are neither lists nor vectors.
    if (!isConverted(type)) return values as readonly AnswerValue[];
    return values.map((value) => toJsonValue(value, type));
  }
}
