import { unreachable } from "@omnigraph/base";
import { exprKey } from "./expr-key.ts";
import { partsOf } from "./formula.ts";
import type {
  ComputedExpr,
  Expr,
  FixedExpr,
  OutcomeExpr,
  Predicate,
  Subquery,
  VariableIndex,
} from "./typed-query.ts";

/** Whether an expression has the same value for all rows. */
export function isConstant(
  expr: Expr,
): expr is Extract<Expr, { kind: "literal" | "parameter" | "now" | "fixed" }> {
  return expr.kind === "literal" || expr.kind === "parameter" || expr.kind === "now" || expr.kind === "fixed";
}

/** A computed value as what it is: one of constants is a constant. */
export function computed(expr: ComputedExpr | OutcomeExpr): ComputedExpr | OutcomeExpr | FixedExpr {
  return childrenOf(expr).every(isConstant) ? { kind: "fixed", expr, type: expr.type } : expr;
}

/** The values that a condition compares or tests. */
export function operandsOf(predicate: Predicate): readonly Expr[] {
  return partsOf(predicate).flatMap((part) =>
    part.kind === "filter" ? [part.left, part.right] : [part.operand],
  );
}

/** What an expression is made of directly. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "aggregate":
      return [expr.argument];
    case "computed":
      return expr.arguments;
    case "outcome":
      return operandsOf(expr.predicate);
    case "fixed":
      return [expr.expr];
    case "entity":
    case "field":
    case "search":
    case "path":
    case "subquery":
    case "literal":
    case "parameter":
    case "now":
      return [];
    default:
      return unreachable(expr);
  }
}

/** The aggregates in an expression, from left to right. */
export function aggregatesIn(expr: Expr): readonly Extract<Expr, { kind: "aggregate" }>[] {
  return expr.kind === "aggregate" ? [expr] : childrenOf(expr).flatMap(aggregatesIn);
}

/** Whether an expression has one value for a whole group: it is made of aggregates, of group keys (by their `exprKey`) and of constants. */
export function isOfGroups(expr: Expr, keys: ReadonlySet<string>): boolean {
  if (expr.kind === "aggregate" || isConstant(expr) || keys.has(exprKey(expr))) return true;
  const children = childrenOf(expr);
  return children.length > 0 && children.every((child) => isOfGroups(child, keys));
}

/** The variables that a subquery reads beside its clauses. */
export function aggregatedBy({ aggregate }: Subquery): readonly VariableIndex[] {
  const argument = aggregate?.argument ?? null;
  return argument === null ? [] : variablesIn(argument);
}

/** The variables that an expression reads, in the order in which it names them; there may be repeats. */
export function variablesIn(expr: Expr): readonly VariableIndex[] {
  if ("variable" in expr) return [expr.variable];
  return childrenOf(expr).flatMap(variablesIn);
}
