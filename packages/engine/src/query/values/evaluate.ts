import { OmnigraphError, type Value } from "@omnigraph/base";
import {
  type Comparison,
  type Expr,
  isConstant,
  isJoined,
  type Predicate,
  roundedTo,
  type SimplePredicate,
} from "@omnigraph/language";
import { patternTest } from "../predicates/pattern.ts";
import { holds } from "../predicates/values.ts";
import { operationAt } from "./functions.ts";
import type { ValueAt } from "./value-at.ts";

/** How parts of an expression are read; null for one that is computed of its own parts. */
export type Leaves = (expr: Expr) => ValueAt | null;

/** Whether a condition holds at a place; null where that is unknown. */
export type TruthAt = (place: number) => boolean | null;

/**
 * The values of an expression, compiled once. `leaves` is asked for every part before its own parts are, so that what is known already is not computed.
 * Errors, where a value is read: `number_overflow`; at once: `parameter_invalid` for a parameter that is no regular expression.
 */
export function valuesOf(expr: Expr, leaves: Leaves): ValueAt {
  const leaf = leaves(expr);
  if (leaf !== null) return leaf;
  switch (expr.kind) {
    case "computed":
      return operationAt(
        expr,
        expr.arguments.map((argument) => valuesOf(argument, leaves)),
      );
    case "outcome":
      return truthOf(expr.predicate, leaves);
    case "fixed":
      return valuesOf(expr.expr, leaves);
    case "literal":
      return () => expr.value;
    case "parameter":
    case "now":
    case "entity":
    case "field":
    case "aggregate":
    case "search":
    case "path":
    case "subquery":
      throw new OmnigraphError("internal", `invariant broken: nothing reads ${expr.kind}`);
  }
}

/** The truth of a condition, compiled once. Errors: as `valuesOf`. */
export function truthOf(predicate: Predicate, leaves: Leaves): TruthAt {
  if (!isJoined(predicate)) return leafTruth(predicate, leaves);
  const parts = predicate.parts.map((part) => truthOf(part, leaves));
  // What decides whatever the other parts are.
  const decisive = predicate.kind === "or";
  return (place) => {
    let isUnknown = false;
    for (const part of parts) {
      const truth = part(place);
      if (truth === decisive) return decisive;
      if (truth === null) isUnknown = true;
    }
    return isUnknown ? null : !decisive;
  };
}

function leafTruth(predicate: SimplePredicate, leaves: Leaves): TruthAt {
  const { negated } = predicate;
  if (predicate.kind === "is_null") {
    const operand = valuesOf(predicate.operand, leaves);
    return (place) => (operand(place) === null) !== negated;
  }
  const left = valuesBeside(predicate.right, predicate.left, leaves);
  const right = valuesBeside(predicate.left, predicate.right, leaves);
  const compares = comparerOf(predicate, right);
  return (place) => {
    const a = left(place);
    if (a === null) return null;
    const b = right(place);
    return b === null ? null : compares(a, b) !== negated;
  };
}

/** A constant is as what it is compared with would hold it. */
function valuesBeside(other: Expr, own: Expr, leaves: Leaves): ValueAt {
  const values = valuesOf(own, leaves);
  if (!isConstant(own) || isConstant(other) || other.type.scalar !== "F32") return values;
  const rounded = roundedTo("F32", values(0));
  return () => rounded;
}

function comparerOf({ operator, right }: Comparison, values: ValueAt): (a: Value, b: Value) => boolean {
  if (operator !== "matches") return (a, b) => holds(operator, a, b);
  const test = patternTest(values(0), right);
  return (text) => typeof text === "string" && test(text);
}
