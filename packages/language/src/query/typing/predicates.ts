import { unreachable } from "@omnigraph/base";
import { ENTITY_TYPE, type ExprType, isScalar, scalarType, showType } from "../../types/expr-types.ts";
import type {
  Comparison,
  ComparisonOperator,
  Expr,
  FilterOperator,
  Predicate,
  SimplePredicate,
} from "../ir/typed-query.ts";
import type {
  ExistenceNode,
  ExprNode,
  FilterNode,
  NullTestNode,
  OperatorText,
  PredicateNode,
  SimpleNode,
  TruthNode,
} from "../syntax/tree.ts";
import { typeExpr } from "./expressions.ts";
import { typeLogic } from "./logic.ts";
import { resolveOperator } from "./operators.ts";
import { comparisonRemedy } from "./remedies.ts";
import { checkPattern } from "./regular-expressions.ts";
import type { QueryContext } from "./scope.ts";
import type { Site } from "./site.ts";

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

/** A condition, with its `not` pushed to comparisons; null after all errors in it were reported. */
export function typePredicate(site: Site, node: PredicateNode): Predicate | null {
  return typeLogic(node, (leaf: SimpleNode, negated) => typeSimple(site, leaf, negated));
}

/** A condition that is not made of others, or what is false where it is `negated`. */
function typeSimple(site: Site, node: SimpleNode, negated: boolean): SimplePredicate | null {
  switch (node.kind) {
    case "filter":
      return typeComparison(site, node, negated);
    case "null_test":
      return typeNullTest(site, node, negated);
    case "truth":
      return typeTruth(site, node, negated);
    case "nested":
      return typeExistence(site, node, negated);
    default:
      return unreachable(node);
  }
}

/** What two values come to by an operator, or what is false where it is `negated`. */
export function comparison(left: Expr, operator: FilterOperator, right: Expr, negated = false): Comparison {
  return { kind: "filter", left, right, ...negation(operator, negated) };
}

/** An operator, or what is false of it: the opposite one where there is one. */
export function negation(
  operator: FilterOperator,
  negated: boolean,
): { readonly operator: FilterOperator; readonly negated: boolean } {
  const isOrder = operator in OPPOSITE;
  // Cast: the table has an opposite for each operator that it has.
  return negated && isOrder
    ? { operator: OPPOSITE[operator as ComparisonOperator], negated: false }
    : { operator, negated };
}

function typeComparison(site: Site, node: FilterNode, negated: boolean): SimplePredicate | null {
  const [left, right] = [typeExpr(site, node.left), typeExpr(site, node.right)];
  if (left === null || right === null) return null;
  if (node.operator === "matches" && !checkPattern(site.context, right, node.right.span)) return null;
  return typeOperator(site.context, { left, operator: node.operator, right }, node, negated);
}

function typeOperator(
  context: QueryContext,
  { left, operator, right }: { readonly left: Expr; readonly operator: OperatorText; readonly right: Expr },
  { span }: FilterNode,
  negated: boolean,
): SimplePredicate | null {
  const list = operator === "in" ? emptyListFor(right, left.type) : right;
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
export function emptyListFor<List extends Expr>(list: List, item: ExprType): List {
  const isEmpty = list.kind === "literal" && Array.isArray(list.value) && list.value.length === 0;
  return isEmpty && isScalar(item) ? { ...list, type: { ...item, nullable: false, list: true } } : list;
}

function typeNullTest(site: Site, node: NullTestNode<ExprNode>, negated: boolean): SimplePredicate | null {
  const operand = typeExpr(site, node.operand);
  if (operand === null) return null;
  if (operand.type === ENTITY_TYPE) {
    const message = "what a pattern binds outside of `optional` is never null";
    site.context.error("T41", node.span, message, "Test a property of it: `$x.p is null`.");
    return null;
  }
  return { kind: "is_null", operand, negated: node.negated !== negated };
}

function typeTruth(site: Site, node: TruthNode<ExprNode>, negated: boolean): SimplePredicate | null {
  const operand = typeExpr(site, node.operand);
  if (operand === null) return null;
  const { scalar } = operand.type;
  if (scalar !== "Bool" || !isScalar(operand.type)) {
    site.context.error("T41", node.span, notBool(operand.type));
    return null;
  }
  return isTrue(operand, !negated);
}

/** As a part of a condition a block has a value in each row; as a clause it decides which rows there are. */
function typeExistence({ subqueries }: Site, node: ExistenceNode, negated: boolean): SimplePredicate | null {
  if (subqueries === null) return null;
  return isTrue(subqueries.hasMatch(node), (node.keyword === "exists") !== negated);
}

function isTrue(operand: Expr, value: boolean): Comparison {
  return comparison(operand, "=", { kind: "literal", value, type: scalarType("Bool") });
}

export function notBool(type: ExprType): string {
  return `a part of a condition is true or false, and this is ${showType(type)}`;
}
