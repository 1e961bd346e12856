import { unreachable, type Value, type Values } from "@omnigraph/base";
import { type Condition, type EntityType, roundedTo, type ValueExpr, type Where } from "@omnigraph/language";
import { type RowBatch, valueAt } from "@omnigraph/storage";
import { satisfies } from "../compare.ts";

/** A condition with its value. */
export interface Comparison extends Omit<Condition, "value"> {
  readonly operand: Value;
}

/** A `where` with its values: all comparisons hold. The statement reads by it, and new rows of other commits are tested against it. */
export interface Predicate {
  readonly type: EntityType;
  readonly comparisons: readonly Comparison[];
}

/** Evaluates expressions: parameters as bound, `now()` the same for the whole mutation (epoch milliseconds). */
export function valueOf(expr: ValueExpr, parameters: Values, now: number): Value {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "parameter":
      return parameters[expr.name] ?? null;
    case "now":
      return now;
    default:
      return unreachable(expr);
  }
}

/** The predicate of a statement's `where`, with its expressions evaluated. */
export function predicateOf(type: EntityType, where: Where, evaluate: (expr: ValueExpr) => Value): Predicate {
  const comparisons = where.map(({ field, operator, value }): Comparison => {
    const scalar = field.kind === "property" ? field.property.type.scalar : null;
    return { field, operator, operand: roundedTo(scalar, evaluate(value)) };
  });
  return { type, comparisons };
}

/** Whether an entity matches whose fields have these values. */
export function matches({ comparisons }: Predicate, valueIn: (field: Condition["field"]) => Value): boolean {
  return comparisons.every(({ field, operator, operand }) => satisfies(valueIn(field), operator, operand));
}

/** Whether any row of a batch matches. Used on the new rows of other commits. */
export function anyMatches(rows: RowBatch, { comparisons }: Predicate): boolean {
  const tests = comparisons.map((comparison) => rowTest(rows, comparison));
  for (let row = 0; row < rows.length; row++) if (tests.every((test) => test(row))) return true;
  return false;
}

function rowTest(rows: RowBatch, { field, operator, operand }: Comparison): (row: number) => boolean {
  const column = rows.columns.get(field.kind === "property" ? field.property.id : field.kind);
  if (column !== undefined) return (row) => satisfies(valueAt(column, row), operator, operand);
  const fill = field.kind === "property" ? (field.property.fill ?? null) : null;
  const holds = satisfies(fill, operator, operand);
  return () => holds;
}
