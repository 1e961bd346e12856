import { unreachable } from "@omnigraph/base";
import { ENTITY_TYPE, isScalar, scalarType, showType } from "../../types/expr-types.ts";
import type { ComparisonOperator, Expr, FilterOperator, Predicate } from "../ir/typed-query.ts";
import type {
  FilterNode,
  LogicNode,
  NullTestNode,
  OperatorText,
  PredicateNode,
  TruthNode,
} from "../syntax/tree.ts";
import { typeExpr } from "./expressions.ts";
import { resolveOperator } from "./operators.ts";
import { comparisonRemedy } from "./remedies.ts";
import type { QueryContext, Scope } from "./scope.ts";

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

/** A condition as typed, or what is false where it is `negated`; null after all errors in it were reported. */
export function typePredicate(
  context: QueryContext,
  node: PredicateNode,
  scope: Scope,
  negated = false,
): Predicate | null {
  switch (node.kind) {
    case "filter":
      return typeComparison(context, node, scope, negated);
    case "null_test":
      return typeNullTest(context, node, scope, negated);
    case "truth":
      return typeTruth(context, node, scope, negated);
    case "and":
    case "or":
      return typeLogic(context, node, scope, negated);
    case "negation":
      return typePredicate(context, node.operand, scope, !negated);
    default:
      return unreachable(node);
  }
}

/** What two values come to by an operator, or what is false where it is `negated`. */
export function comparison(left: Expr, operator: FilterOperator, right: Expr, negated = false): Predicate {
  const isOrder = operator in OPPOSITE;
  // Cast: the table has an opposite for each operator that it has.
  if (negated && isOrder)
    return {
      kind: "filter",
      left,
      operator: OPPOSITE[operator as ComparisonOperator],
      right,
      negated: false,
    };
  return { kind: "filter", left, operator, right, negated };
}

function typeComparison(
  context: QueryContext,
  node: FilterNode,
  scope: Scope,
  negated: boolean,
): Predicate | null {
  const site = { context, scope, place: "filter" } as const;
  const [left, right] = [typeExpr(site, node.left), typeExpr(site, node.right)];
  if (left === null || right === null) return null;
  return typeOperator(context, { left, operator: node.operator, right }, node, negated);
}

function typeOperator(
  context: QueryContext,
  { left, operator, right }: { readonly left: Expr; readonly operator: OperatorText; readonly right: Expr },
  { span }: FilterNode,
  negated: boolean,
): Predicate | null {
  const list = operator === "in" ? emptyListFor(right, left) : right;
  const result = resolveOperator(left.type, operator, list.type);
  if (!result.ok) {
    context.error("T7", span, result.reason, comparisonRemedy(left, operator, right));
    return null;
  }
  return operator === "in"
    ? comparison(list, result.operator, left, negated)
    : comparison(left, result.operator, list, negated);
}

/** An empty list has no items to take a type from: it is one of what is looked for. */
function emptyListFor(list: Expr, item: Expr): Expr {
  const isEmpty = list.kind === "literal" && Array.isArray(list.value) && list.value.length === 0;
  return isEmpty && isScalar(item.type)
    ? { ...list, type: { ...item.type, nullable: false, list: true } }
    : list;
}

function typeNullTest(
  context: QueryContext,
  node: NullTestNode,
  scope: Scope,
  negated: boolean,
): Predicate | null {
  const operand = typeExpr({ context, scope, place: "filter" }, node.operand);
  if (operand === null) return null;
  if (operand.type === ENTITY_TYPE) {
    const message = "what a pattern binds is never null";
    context.error("T41", node.span, message, "Test a property of it: `$x.p is null`.");
    return null;
  }
  return { kind: "is_null", operand, negated: node.negated !== negated };
}

function typeTruth(context: QueryContext, node: TruthNode, scope: Scope, negated: boolean): Predicate | null {
  const operand = typeExpr({ context, scope, place: "filter" }, node.operand);
  if (operand === null) return null;
  const { scalar } = operand.type;
  if (scalar !== "Bool" || !isScalar(operand.type)) {
    context.error(
      "T41",
      node.span,
      `a part of a condition is true or false, and this is ${showType(operand.type)}`,
    );
    return null;
  }
  const truth = { kind: "literal", value: !negated, type: scalarType("Bool") } as const;
  return comparison(operand, "=", truth);
}

function typeLogic(context: QueryContext, node: LogicNode, scope: Scope, negated: boolean): Predicate | null {
  const parts = node.parts.map((part) => typePredicate(context, part, scope, negated));
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) return null;
  // What is false of all is false of one, and the other way round.
  const isAnd = (node.kind === "and") !== negated;
  const kind = isAnd ? "and" : "or";
  return { kind, parts: known.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
}
