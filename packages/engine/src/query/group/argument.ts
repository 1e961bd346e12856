import type { Value } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import { isRowwise, type RowwiseExpr } from "../plan/expressions.ts";
import type { VaryingExpr } from "../plan/outputs.ts";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { RowCursor, rowValues } from "../run/row-values.ts";
import { ComputedCells } from "../values/computed-cells.ts";
import type { ValueAt } from "../values/value-at.ts";

/** What an aggregate is of, by row of a batch. */
export interface Argument {
  readonly cells: Cells;
  /** By row where its value is in the cells. */
  places(batch: Batch): Uint32Array;
  /** Whether a place means the same entity in every batch; else the cells have the values of the last batch that was asked for. */
  readonly isLasting: boolean;
}

/** The values of a property or the ids of a variable. */
export class EntityArgument implements Argument {
  readonly cells: Cells;
  readonly isLasting = true;
  readonly #variable: VariableIndex;

  constructor(cells: Cells, variable: VariableIndex) {
    this.cells = cells;
    this.#variable = variable;
  }

  places({ slots }: Batch): Uint32Array {
    return slots[this.#variable]!;
  }
}

const ROWS = Uint32Array.from({ length: BATCH_ROWS }, (_, row) => row);

/** Values that are computed of each row, once. */
class ComputedArgument implements Argument {
  readonly cells: Cells;
  readonly isLasting = false;
  readonly #cursor = new RowCursor();
  readonly #valueAt: ValueAt;
  readonly #values: Value[] = [];

  constructor(expr: RowwiseExpr, context: RunContext) {
    this.#valueAt = rowValues(expr, context, this.#cursor.ordinalOf);
    this.cells = new ComputedCells((row) => this.#values[row]!);
  }

  places({ slots, length }: Batch): Uint32Array {
    this.#cursor.slots = slots;
    for (let row = 0; row < length; row++) this.#values[row] = this.#valueAt(row);
    return ROWS;
  }
}

export function argumentOf(expr: VaryingExpr, context: RunContext): Argument {
  return isRowwise(expr)
    ? new ComputedArgument(expr, context)
    : new EntityArgument(context.cells(expr), expr.variable);
}
