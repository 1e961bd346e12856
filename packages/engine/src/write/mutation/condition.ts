import { unreachable, type Value, type Values } from "@omnigraph/base";
import {
  type Condition,
  type EntityType,
  type FieldComparison,
  roundedTo,
  type ValueExpr,
  type Where,
} from "@omnigraph/language";
import { type RowBatch, valueAt } from "@omnigraph/storage";
import { satisfies } from "../compare.ts";

/** A comparison with its value. */
export interface Comparison extends Omit<FieldComparison, "value"> {
  readonly operand: Value;
}

/** A condition with its values. */
export type Test =
  | Comparison
  | Extract<Condition, { readonly kind: "is_null" }>
  | { readonly kind: "and" | "or"; readonly parts: readonly Test[] };

/** A `where` with its values: all of them hold. The statement reads by it, and new rows of other commits are tested against it. */
export interface Predicate {
  readonly type: EntityType;
  readonly tests: readonly Test[];
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
  return { type, tests: where.map((condition) => testOf(condition, evaluate)) };
}

function testOf(condition: Condition, evaluate: (expr: ValueExpr) => Value): Test {
  switch (condition.kind) {
    case "comparison": {
      const { kind, field, operator, value, negated } = condition;
      const scalar = field.kind === "property" ? field.property.type.scalar : null;
      return { kind, field, operator, negated, operand: roundedTo(scalar, evaluate(value)) };
    }
    case "is_null":
      return condition;
    case "and":
    case "or":
      return { kind: condition.kind, parts: condition.parts.map((part) => testOf(part, evaluate)) };
  }
}

/** Reads a field of an entity. */
type ReadField = (field: Comparison["field"]) => Value;

/** Whether an entity matches whose fields have these values. */
export function matches({ tests }: Predicate, valueIn: ReadField): boolean {
  return tests.every((test) => passes(test, valueIn));
}

/** Whether a condition is true of an entity whose fields have these values. */
export function passes(test: Test, valueIn: ReadField): boolean {
  switch (test.kind) {
    case "comparison":
      return compares(test, valueIn(test.field));
    case "is_null":
      return (valueIn(test.field) === null) !== test.negated;
    case "and":
      return test.parts.every((part) => passes(part, valueIn));
    case "or":
      return test.parts.some((part) => passes(part, valueIn));
  }
}

/** Whether a value is as a comparison wants it. A list that holds the value stands on the other side. */
function compares({ operator, operand, negated }: Comparison, value: Value): boolean {
  if (value === null || operand === null) return false;
  const isMember = operator === "contains_item" && Array.isArray(operand);
  return (isMember ? satisfies(operand, operator, value) : satisfies(value, operator, operand)) !== negated;
}

/** Whether any row of a batch matches. Used on the new rows of other commits. */
export function anyMatches(rows: RowBatch, predicate: Predicate): boolean {
  for (let row = 0; row < rows.length; row++)
    if (matches(predicate, (field) => valueIn(rows, field, row))) return true;
  return false;
}

/** A field of a row; what its commit did not write is as the property was added. */
function valueIn(rows: RowBatch, field: Comparison["field"], row: number): Value {
  const column = rows.columns.get(field.kind === "property" ? field.property.id : field.kind);
  if (column !== undefined) return valueAt(column, row);
  return field.kind === "property" ? (field.property.fill ?? null) : null;
}

/** The fields that a condition reads. */
export function fieldsOf(condition: Condition | Test): readonly Comparison["field"][] {
  return "parts" in condition ? condition.parts.flatMap(fieldsOf) : [condition.field];
}
