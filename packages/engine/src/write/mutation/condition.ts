import { unreachable, type Value, type Values } from "@omnigraph/base";
import {
  type AssignedExpr,
  type Condition,
  type EntityType,
  type FieldComparison,
  type FieldNullTest,
  type Formula,
  isConstant,
  isJoined,
  partsOf,
  roundedTo,
  type SimpleCondition,
  type Where,
} from "@omnigraph/language";
import { type RowBatch, valueAt } from "@omnigraph/storage";
import { formulaTest } from "../../query/predicates/formula-test.ts";
import { valuesOf } from "../../query/values/evaluate.ts";
import { satisfies } from "../compare.ts";

/** A comparison with its value. */
export interface Comparison extends Omit<FieldComparison, "value"> {
  readonly operand: Value;
}

/** A condition with its values. */
export type Test = Formula<Comparison | FieldNullTest>;

/** A `where` with its values: all of them hold. The statement reads by it, and new rows of other commits are tested against it. */
export interface Predicate {
  readonly type: EntityType;
  readonly tests: readonly Test[];
}

/** An expression of a mutation with one value for all entities. */
export type ConstantExpr = Exclude<AssignedExpr, { kind: "computed" | "field" }>;

/** Evaluates expressions: parameters as bound, `now()` the same for the whole mutation (epoch milliseconds). Errors: `number_overflow`. */
export function valueOf(expr: ConstantExpr, parameters: Values, now: number): Value {
  switch (expr.kind) {
    case "literal":
      return expr.value;
    case "parameter":
      return parameters[expr.name] ?? null;
    case "now":
      return now;
    case "fixed":
      return valuesOf(expr.expr, (part) => {
        if (!isConstant(part)) return null;
        const value = valueOf(part, parameters, now);
        return () => value;
      })(0);
    default:
      return unreachable(expr);
  }
}

/** The predicate of a statement's `where`, with its expressions evaluated. */
export function predicateOf(
  type: EntityType,
  where: Where,
  evaluate: (expr: ConstantExpr) => Value,
): Predicate {
  return { type, tests: where.map((condition) => testOf(condition, evaluate)) };
}

function testOf(condition: Condition, evaluate: (expr: ConstantExpr) => Value): Test {
  if (isJoined(condition))
    return { kind: condition.kind, parts: condition.parts.map((part) => testOf(part, evaluate)) };
  if (condition.kind === "is_null") return condition;
  const { kind, field, operator, value, negated } = condition;
  const scalar = field.kind === "property" ? field.property.type.scalar : null;
  return { kind, field, operator, negated, operand: roundedTo(scalar, evaluate(value)) };
}

/** Reads a field of what is tested. */
type ReaderOf<Row> = (field: Comparison["field"]) => (row: Row) => Value;

/** Whether a row matches, given how its fields are read. */
export function rowTest<Row>({ tests }: Predicate, readerOf: ReaderOf<Row>): (row: Row) => boolean {
  const all = tests.map((test) => formulaTest(test, (leaf) => leafTest(leaf, readerOf)));
  return (row) => all.every((test) => test(row));
}

/** The test of a condition that is not made of others. */
export function leafTest<Row>(
  leaf: Comparison | FieldNullTest,
  readerOf: ReaderOf<Row>,
): (row: Row) => boolean {
  const read = readerOf(leaf.field);
  return leaf.kind === "is_null"
    ? (row) => (read(row) === null) !== leaf.negated
    : (row) => compares(leaf, read(row));
}

/** Whether a value is as a comparison wants it. A list that holds the value stands on the other side. */
function compares({ operator, operand, negated }: Comparison, value: Value): boolean {
  if (value === null || operand === null) return false;
  const isMember = operator === "contains_item" && Array.isArray(operand);
  return (isMember ? satisfies(operand, operator, value) : satisfies(value, operator, operand)) !== negated;
}

/** Whether any row of a batch matches. Used on the new rows of other commits. */
export function anyMatches(rows: RowBatch, predicate: Predicate): boolean {
  const test = rowTest<number>(predicate, (field) => readerIn(rows, field));
  for (let row = 0; row < rows.length; row++) if (test(row)) return true;
  return false;
}

/** A field of the rows of a batch; what its commit did not write is as the property was added. */
function readerIn(rows: RowBatch, field: Comparison["field"]): (row: number) => Value {
  const column = rows.columns.get(field.kind === "property" ? field.property.id : field.kind);
  if (column !== undefined) return (row) => valueAt(column, row);
  const fill = field.kind === "property" ? (field.property.fill ?? null) : null;
  return () => fill;
}

/** The fields that a condition reads. */
export function fieldsOf(condition: Condition | Test): readonly Comparison["field"][] {
  return partsOf<SimpleCondition | Comparison>(condition).map(({ field }) => field);
}
