import type { Value } from "@omnigraph/base";
import { isConstant, type VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Outputs } from "../plan/outputs.ts";
import { type AnswerColumn, CellsColumn, ConstantColumn } from "../result/answer-column.ts";
import type { Table } from "../result/table.ts";
import { isRowwise } from "../plan/expressions.ts";
import type { RunContext } from "../run/context.ts";
import { rowValues, WordCursor } from "../run/row-values.ts";
import type { WordLog } from "../spill/word-log.ts";
import type { ValueAt } from "../values/value-at.ts";

/** The answer of rows on disk, each the ordinals of some variables. It keeps the log. */
export function loggedTable(
  log: WordLog,
  variables: readonly VariableIndex[],
  outputs: Extract<Outputs, { kind: "rows" }>,
  context: RunContext,
): Table {
  const columns = outputs.columns.map((expr) => {
    if (isConstant(expr)) return new ConstantColumn(context.constant(expr));
    if (!isRowwise(expr)) return entityColumn(log, variables.indexOf(expr.variable), context.cells(expr));
    const row = new WordCursor(variables);
    const valueAt = rowValues(expr, context, row.ordinalOf);
    return new LoggedColumn(log, (words) => {
      row.words = words;
      return eachValue(words, log.width, valueAt);
    });
  });
  return keptTable(log, columns);
}

/** A table that is read from a log, and from others beside it, and gives them back. */
export function keptTable(
  log: WordLog,
  columns: readonly AnswerColumn[],
  beside: readonly WordLog[] = [],
): Table {
  const logs = [log, ...beside];
  for (const one of logs) one.handOver();
  return {
    length: log.length,
    columns,
    release: () => {
      for (const one of logs) one.release();
    },
  };
}

/** The cells of the ordinals that stand at a place of each row. */
export function entityColumn(log: WordLog, at: number, cells: Cells): AnswerColumn {
  return new LoggedColumn(log, (words) => {
    const ordinals = new Uint32Array(words.length / log.width);
    for (let row = 0; row < ordinals.length; row++) ordinals[row] = words[row * log.width + at]!;
    return new CellsColumn(cells, ordinals).read(0, ordinals.length);
  });
}

/** A column whose values are made of the words of rows. */
export class LoggedColumn implements AnswerColumn {
  readonly #log: WordLog;
  readonly #valuesOf: (words: Uint32Array) => Value[];

  constructor(log: WordLog, valuesOf: (words: Uint32Array) => Value[]) {
    this.#log = log;
    this.#valuesOf = valuesOf;
  }

  read(start: number, end: number): Value[] {
    return this.#valuesOf(this.#log.read(start, end));
  }
}

/** The values of rows of so many words, by the first word of each. */
export function eachValue(words: Uint32Array, width: number, valueAt: ValueAt): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < words.length; at += width) values.push(valueAt(at));
  return values;
}
