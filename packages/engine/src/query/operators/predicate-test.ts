import { assert, type Value } from "@omnigraph/base";
import {
  type Comparison,
  type Expr,
  isConstant,
  operandsOf,
  type Predicate,
  roundedTo,
} from "@omnigraph/language";
import {
  constantToField,
  fieldToConstant,
  matchTest,
  type OrdinalTest,
} from "../predicates/constant-test.ts";
import { fieldToField, type PairTest } from "../predicates/field-test.ts";
import { formulaTest } from "../predicates/formula-test.ts";
import { patternTest } from "../predicates/pattern.ts";
import {
  type ConstantExpr,
  type EntityExpr,
  hitOf,
  type IdEquality,
  idEquality,
  isRead,
  isRowwise,
} from "../plan/expressions.ts";
import { predicateReads } from "../plan/spec.ts";
import type { RunContext } from "../run/context.ts";
import { RowCursor, rowTruth, SAME } from "../run/row-values.ts";

/** Whether a row passes, by the ordinals of its variables. */
export type SlotTest = (slots: readonly Uint32Array[], row: number) => boolean;

/** Whether a condition on parameters alone holds. */
export function guardHolds(predicate: Predicate, context: RunContext): boolean {
  return predicateTest(predicate, context)(0);
}

/** The test of a condition that reads one variable at most. */
export function predicateTest(predicate: Predicate, context: RunContext): OrdinalTest {
  return formulaTest(predicate, (leaf) => {
    const operands = operandsOf(leaf);
    if (operands.every(isConstant)) {
      const isPassed = rowTruth(leaf, context, SAME)(0) === true;
      return () => isPassed;
    }
    if (operands.some(isRowwise)) {
      const truth = rowTruth(leaf, context, SAME);
      return (ordinal) => truth(ordinal) === true;
    }
    if (leaf.kind === "filter") return comparisonTest(leaf, context);
    const cells = context.cells(asEntity(leaf.operand));
    const { negated } = leaf;
    return (ordinal) => cells.isNull(ordinal) !== negated;
  });
}

/** The test of a condition that reads several variables. */
export function slotTest(predicate: Predicate, context: RunContext): SlotTest {
  const reads = predicateReads(predicate);
  if (reads.length < 2) {
    const test = predicateTest(predicate, context);
    const [only] = reads;
    return only === undefined ? () => test(0) : (slots, row) => test(slots[only]![row]!);
  }
  if (predicate.kind === "is_null" || operandsOf(predicate).some(isRowwise)) {
    const cursor = new RowCursor();
    const truth = rowTruth(predicate, context, cursor.ordinalOf);
    return (slots, row) => {
      cursor.slots = slots;
      return truth(row) === true;
    };
  }
  if (predicate.kind === "filter") {
    const [left, right] = [asEntity(predicate.left), asEntity(predicate.right)];
    const test = pairTest(predicate, left, right, context);
    return (slots, row) => test(slots[left.variable]![row]!, slots[right.variable]![row]!);
  }
  const tests = predicate.parts.map((part) => slotTest(part, context));
  return predicate.kind === "and"
    ? (slots, row) => tests.every((test) => test(slots, row))
    : (slots, row) => tests.some((test) => test(slots, row));
}

function comparisonTest(comparison: Comparison, context: RunContext): OrdinalTest {
  const byId = idEquality(comparison);
  if (byId !== null) return idTest(byId, context);
  const hit = hitOf(comparison);
  if (hit !== null) {
    const cells = context.search(hit.search);
    return (ordinal) => cells.matches(ordinal);
  }
  const { left, operator, right, negated } = comparison;
  if (!isConstant(left) && !isConstant(right)) {
    const pair = pairTest(comparison, asEntity(left), asEntity(right), context);
    return (ordinal) => pair(ordinal, ordinal);
  }
  const isMirrored = isConstant(left);
  const field = asEntity(isMirrored ? right : left);
  const constant = constantBeside(field, asConstant(isMirrored ? left : right), context);
  const cells = context.cells(field);
  if (constant === null) return () => false;
  if (operator === "matches") {
    const matches = matchTest(cells, patternTest(constant, right));
    return negated ? (ordinal) => !cells.isNull(ordinal) && !matches(ordinal) : matches;
  }
  const test = isMirrored
    ? constantToField(constant, operator, cells)
    : fieldToConstant(cells, operator, constant);
  return negated ? (ordinal) => !cells.isNull(ordinal) && !test(ordinal) : test;
}

function pairTest(
  { operator, negated }: Comparison,
  left: EntityExpr,
  right: EntityExpr,
  context: RunContext,
): PairTest {
  const [ours, theirs] = [context.cells(left), context.cells(right)];
  const test = fieldToField(ours, operator, theirs);
  return negated ? (a, b) => !ours.isNull(a) && !theirs.isNull(b) && !test(a, b) : test;
}

/** A constant as the column that it is compared with would hold it. */
function constantBeside(field: EntityExpr, constant: ConstantExpr, context: RunContext): Value {
  return roundedTo(field.type.scalar, context.constant(constant));
}

/** The test of an id by ordinals: that of the entity, or of the node at an end. */
function idTest(equality: IdEquality, context: RunContext): OrdinalTest {
  const test = boundIdTest(equality, context);
  const { variable } = equality;
  if (!context.variable(variable).optional) return test;
  const none = context.noneOf(variable);
  return (ordinal) => ordinal !== none && test(ordinal);
}

function boundIdTest({ variable, field, constant }: IdEquality, context: RunContext): OrdinalTest {
  const id = context.constant(constant);
  if (typeof id !== "string") return () => false;
  if (field === "id") {
    const found = context.rows(variable).find(id);
    return (ordinal) => ordinal === found;
  }
  const edges = context.edges(variable);
  const { from, to } = edges.edgeType;
  const node = context.view.nodes(field === "src" ? from : to).find(id);
  if (node < 0) return () => false;
  return field === "src" ? (edge) => edges.sourceOf(edge) === node : (edge) => edges.targetOf(edge) === node;
}

function asConstant(expr: Expr): ConstantExpr {
  assert(isConstant(expr), `${expr.kind} is a constant`);
  return expr;
}

/** A value that is read from cells of a variable. */
function asEntity(expr: Expr): EntityExpr {
  assert(isRead(expr), `${expr.kind} reads a variable`);
  return expr;
}
