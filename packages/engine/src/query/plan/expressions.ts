import type { Expr, VariableIndex } from "@omnigraph/language";

/** An expression with the same value for all rows. */
export type ConstantExpr = Extract<Expr, { kind: "literal" | "parameter" | "now" }>;

/** An expression that reads one entity. */
export type EntityExpr = Extract<Expr, { kind: "entity" | "field" }>;

/** Whether an expression has the same value for all rows. */
export function isConstant(expr: Expr): expr is ConstantExpr {
  return expr.kind === "literal" || expr.kind === "parameter" || expr.kind === "now";
}

/** The variables that an expression reads. */
export function readsOf(expr: Expr): readonly VariableIndex[] {
  switch (expr.kind) {
    case "entity":
    case "field":
      return [expr.variable];
    case "aggregate":
      return readsOf(expr.argument);
    case "search":
      return expr.arguments.flatMap(readsOf);
    case "literal":
    case "parameter":
    case "now":
      return [];
  }
}
