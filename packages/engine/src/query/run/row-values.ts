import { type Expr, isConstant, type Predicate, type VariableIndex } from "@omnigraph/language";
import { isRead } from "../plan/expressions.ts";
import { type Leaves, truthOf, type TruthAt, valuesOf } from "../values/evaluate.ts";
import type { ValueAt } from "../values/value-at.ts";
import type { RunContext } from "./context.ts";

/** The entity that a variable is bound to in a row. */
export type OrdinalOf = (variable: VariableIndex) => (row: number) => number;

/** The values of an expression by row, given where rows have their entities. Errors: those of `valuesOf`. */
export function rowValues(expr: Expr, context: RunContext, ordinalOf: OrdinalOf): ValueAt {
  return valuesOf(expr, rowLeaves(context, ordinalOf));
}

/** The truth of a condition by row. Errors: those of `valuesOf`. */
export function rowTruth(predicate: Predicate, context: RunContext, ordinalOf: OrdinalOf): TruthAt {
  return truthOf(predicate, rowLeaves(context, ordinalOf));
}

function rowLeaves(context: RunContext, ordinalOf: OrdinalOf): Leaves {
  return (part) => {
    if (isConstant(part)) {
      const value = context.constant(part);
      return () => value;
    }
    if (!isRead(part)) return null;
    const cells = context.cells(part);
    const ordinal = ordinalOf(part.variable);
    return (row) => cells.value(ordinal(row));
  };
}

/** Where a row is the entity itself: what an expression of one variable is read by. */
export const SAME: OrdinalOf = () => (ordinal) => ordinal;

/** Where rows have their entities: batch after batch is put before it. */
export class RowCursor {
  slots: readonly Uint32Array[] = [];

  readonly ordinalOf: OrdinalOf = (variable) => (row) => this.slots[variable]![row]!;
}

/** Where rows on disk have their entities: a row is the place of its first word, and has those of some variables one after another from a word on. */
export class WordCursor {
  words: Uint32Array = new Uint32Array(0);
  readonly #variables: readonly VariableIndex[];
  readonly #first: number;

  constructor(variables: readonly VariableIndex[], first = 0) {
    this.#variables = variables;
    this.#first = first;
  }

  readonly ordinalOf: OrdinalOf = (variable) => {
    const at = this.#first + this.#variables.indexOf(variable);
    return (row) => this.words[row + at]!;
  };
}
