import type { Value } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import { isConstant } from "../plan/expressions.ts";
import type { Outputs } from "../plan/outputs.ts";
import { type AnswerColumn, CellsColumn, ConstantColumn } from "../result/answer-column.ts";
import type { Table } from "../result/table.ts";
import type { RunContext } from "../run/context.ts";
import type { WordLog } from "../spill/word-log.ts";

/** The answer of rows on disk, each the ordinals of some variables. It keeps the log. */
export function loggedTable(
  log: WordLog,
  variables: readonly VariableIndex[],
  outputs: Extract<Outputs, { kind: "rows" }>,
  context: RunContext,
): Table {
  const columns = outputs.columns.map((expr) =>
    isConstant(expr)
      ? new ConstantColumn(context.constant(expr))
      : entityColumn(log, variables.indexOf(expr.variable), context.cells(expr)),
  );
  return keptTable(log, columns);
}

/** A table that is read from a log, and gives it back. */
export function keptTable(log: WordLog, columns: readonly AnswerColumn[]): Table {
  log.handOver();
  return { length: log.length, columns, release: () => log.release() };
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
