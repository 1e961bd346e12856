import { defineMember, type Value } from "@omnigraph/base";
import { type AnswerValue, type ExprType, type ReturnColumn, toJsonValue } from "@omnigraph/language";
import type { Table } from "./table.ts";

/** Rows read together. */
const PIECE_ROWS = 1024;

/** A row of an answer: values as JSON shows them, by column name. */
export type ResultRow = Readonly<Record<string, AnswerValue>>;

/** Whether a value of the type is shown otherwise than it is held: dates, shortest floats, vectors. */
function isShownAnew({ scalar, list, dimension }: ExprType): boolean {
  return list || dimension !== null || scalar === "Date" || scalar === "DateTime" || scalar === "F32";
}

/** The answer of a read: columns by position, values read from the snapshot when they are asked for. */
export class QueryResult {
  /** Names. */
  readonly columns: readonly string[];
  readonly types: readonly ExprType[];
  /** Rows. */
  readonly length: number;
  readonly #table: Table;

  constructor(columns: readonly ReturnColumn[], table: Table) {
    this.columns = columns.map(({ name }) => name);
    this.types = columns.map(({ expr }) => expr.type);
    this.length = table.length;
    this.#table = table;
  }

  /** All values of a column, as properties hold them (dates are numbers). */
  values(column: number): readonly Value[] {
    return this.#table.columns[column]?.read(0, this.length) ?? [];
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
      // Plain assignment keeps rows in one shape; of this name it would set the prototype.
      if (name === "__proto__") values.forEach((value, row) => defineMember(rows[row]!, name, value));
      else for (let row = 0; row < values.length; row++) rows[row]![name] = values[row]!;
    }
    return rows;
  }

  #shown(column: number, start: number, end: number): readonly AnswerValue[] {
    const type = this.types[column]!;
    const values = this.#table.columns[column]!.read(start, end);
    // What is shown as it is held: a value of these types is neither a list nor a vector.
    if (!isShownAnew(type)) return values as readonly AnswerValue[];
    return values.map((value) => toJsonValue(value, type));
  }
}
