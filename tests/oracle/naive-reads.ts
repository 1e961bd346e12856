import { type Clause, type Expr, type Variable, childrenOf, operandsOf } from "@omnigraph/language";
import { subqueryOf, traverseOf } from "./naive-clauses.ts";

/** Whether a clause reads a variable that is not bound yet. `all` are the clauses of the query. */
export function isOpen(all: readonly Clause[], clause: Clause, open: readonly Variable[]): boolean {
  return open.some(({ index }) => reads(all, clause, index));
}

function reads(all: readonly Clause[], clause: Clause, index: number): boolean {
  switch (clause.kind) {
    case "bind":
      return clause.variable === index;
    case "traverse":
      return clause.from === index || clause.to === index || clause.edgeVariable === index;
    case "filter":
    case "is_null":
    case "and":
    case "or":
      return operandsOf(clause).some((operand) => readsIn(all, operand, index));
    case "not":
    case "optional":
      return clause.clauses.some((nested) => reads(all, nested, index));
    case "subquery": {
      const argument = clause.aggregate?.argument ?? null;
      if (argument !== null && readsIn(all, argument, index)) return true;
      return clause.clauses.some((nested) => reads(all, nested, index));
    }
  }
}

/** Whether a value reads a variable. */
export function readsIn(all: readonly Clause[], expr: Expr, index: number): boolean {
  if ("variable" in expr && expr.variable === index) return true;
  if (expr.kind === "subquery") {
    const subquery = subqueryOf(all, expr.variable);
    return subquery !== null && reads(all, subquery, index);
  }
  // A whole path is an entity, too.
  if (expr.kind !== "path" && expr.kind !== "entity")
    return childrenOf(expr).some((part) => readsIn(all, part, index));
  const traverse = traverseOf(all, expr.variable);
  return traverse !== null && reads(all, traverse, index);
}
