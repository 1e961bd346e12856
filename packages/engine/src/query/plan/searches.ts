import { OmnigraphError } from "@omnigraph/base";
import {
  type Clause,
  type Expr,
  exprKey,
  operandsOf,
  type OrderKey,
  type Predicate,
  type ReadQuery,
  type SearchExpr,
} from "@omnigraph/language";

/** The calls of search functions in a query, each once, those that a fusion fuses before it. Errors: `not_available` for `nearest` of a text. */
export function searchesOf({ clauses, columns, order }: ReadQuery): readonly SearchExpr[] {
  const exprs = [...operandsIn(clauses), ...[...columns, ...order].map(({ expr }) => expr)];
  const searches = new Map<string, SearchExpr>();
  for (const expr of exprs) {
    if (expr.kind !== "search") continue;
    for (const search of expr.function === "rrf" ? [...expr.rankings, expr] : [expr]) {
      refuseText(search);
      searches.set(exprKey(search), search);
    }
  }
  return [...searches.values()];
}

function operandsIn(clauses: readonly Clause[]): readonly Expr[] {
  return clauses.flatMap((clause) => {
    if (clause.kind === "bind" || clause.kind === "traverse") return [];
    return "clauses" in clause ? operandsIn(clause.clauses) : operandsOf(clause);
  });
}

function refuseText(search: SearchExpr): void {
  if (search.function !== "nearest" || search.query.type.scalar !== "String") return;
  const { dimension } = search.property.type;
  throw new OmnigraphError(
    "not_available",
    `nearest(…) by ${search.property.name} is asked with a text, and this release embeds none: give a parameter of type Vector(${dimension})`,
  );
}

/** What an order by rankings asks of rows beside the pattern: that each of them has the row. Fusions are apart: they rank what all else matches. */
export function rankedConditions(order: readonly OrderKey[]): {
  readonly ranked: readonly Predicate[];
  readonly fused: readonly Predicate[];
} {
  const searches = order.flatMap(({ expr }) => (expr.kind === "search" ? [expr] : []));
  return {
    ranked: searches.flatMap((search): readonly Predicate[] => {
      if (search.function === "nearest") return [{ kind: "is_null", operand: search, negated: true }];
      return search.function === "bm25" ? [isScored(search)] : [];
    }),
    fused: searches.filter((search) => search.function === "rrf").map(isScored),
  };
}

function isScored(search: SearchExpr): Predicate {
  const zero = { kind: "literal", value: 0, type: search.type } as const;
  return { kind: "filter", left: search, operator: ">", right: zero, negated: false };
}
