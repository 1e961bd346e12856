import { scalarType } from "../../types/expr-types.ts";
import { partsOf } from "../ir/formula.ts";
import { computed } from "../ir/expressions.ts";
import type { Expr, Predicate } from "../ir/typed-query.ts";
import type { ResultNode } from "../syntax/tree.ts";
import { typeExpr } from "./expressions.ts";
import { typePredicate } from "./predicates.ts";
import type { Site } from "./site.ts";

/** The typed value, or whether the condition holds; null after all errors in it were reported. */
export function typeResult(site: Site, node: ResultNode): Expr | null {
  if (node.kind !== "outcome") return typeExpr(site, node);
  const predicate = typePredicate({ ...site, nested: true }, node.condition);
  if (predicate === null) return null;
  return computed({ kind: "outcome", predicate, type: scalarType("Bool", mayBeUnknown(predicate)) });
}

function mayBeUnknown(predicate: Predicate): boolean {
  return partsOf(predicate).some(
    (part) => part.kind === "filter" && (part.left.type.nullable || part.right.type.nullable),
  );
}
