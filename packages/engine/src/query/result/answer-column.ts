import type { Value } from "@omnigraph/base";
import { isConstant, type VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { RowExpr } from "../plan/outputs.ts";
import { isRowwise } from "../plan/expressions.ts";
import type { RunContext } from "../run/context.ts";
import { rowValues } from "../run/row-values.ts";
import { readTexts } from "./texts.ts";

/** A column of an answer; values are read on demand. */
export interface AnswerColumn {
  /** Values of rows [start, end). */
  read(start: number, end: number): Value[];
}

/** A property (or the ids) of bound entities. */
export class CellsColumn implements AnswerColumn {
  readonly #cells: Cells;
  readonly #ordinals: Uint32Array;

  constructor(cells: Cells, ordinals: Uint32Array) {
    this.#cells = cells;
    this.#ordinals = ordinals;
  }

  read(start: number, end: number): Value[] {
    const cells = this.#cells;
    const ordinals = this.#ordinals;
    if (end - start > 1 && cells.clean && cells.base?.kind === "text") {
      return readTexts(cells.base, ordinals.subarray(start, end));
    }
    const values: Value[] = [];
    for (let i = start; i < end; i++) values.push(cells.value(ordinals[i]!));
    return values;
  }
}

/** The same value in every row. */
export class ConstantColumn implements AnswerColumn {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  read(start: number, end: number): Value[] {
    return Array.from({ length: end - start }, () => this.#value);
  }
}

/** A column whose values are computed when they are read. */
export class ComputedColumn implements AnswerColumn {
  readonly #valueOf: (row: number) => Value;

  constructor(valueOf: (row: number) => Value) {
    this.#valueOf = valueOf;
  }

  read(start: number, end: number): Value[] {
    const values: Value[] = [];
    for (let row = start; row < end; row++) values.push(this.#valueOf(row));
    return values;
  }
}

/** The column of an expression over rows whose ordinals are given by variable. */
export function rowColumn(
  expr: RowExpr,
  context: RunContext,
  ordinalsOf: (variable: VariableIndex) => Uint32Array,
): AnswerColumn {
  if (isConstant(expr)) return new ConstantColumn(context.constant(expr));
  if (isRowwise(expr)) {
    const values = rowValues(expr, context, (variable) => {
      const ordinals = ordinalsOf(variable);
      return (row) => ordinals[row]!;
    });
    return new ComputedColumn(values);
  }
  return new CellsColumn(context.cells(expr), ordinalsOf(expr.variable));
}
