import { exprKey } from "../ir/expr-key.ts";
import { isOfGroups, operandsOf } from "../ir/expressions.ts";
import type { Expr, Predicate } from "../ir/typed-query.ts";
import type { ReadNode } from "../syntax/tree.ts";
import type { TypedColumn } from "./order.ts";
import { typePredicate } from "./predicates.ts";
import type { Site } from "./site.ts";

/** Types the conditions on groups, which may name columns by their aliases. Null without any, and after their errors. */
export function typeHaving(
  site: Site,
  { having, columns: nodes }: ReadNode,
  columns: readonly TypedColumn[],
  grouped: boolean,
): Predicate | null {
  const [first] = having;
  if (first === undefined) return null;
  const { context } = site;
  if (!grouped) {
    const remedy = "Put conditions on entities into match, or return an aggregate.";
    context.error("T9", first.span, "`having` is about groups, and nothing is grouped", remedy);
    return null;
  }
  const { named, keys } = namesOf(columns);
  const typed = having.map((node) => {
    const predicate = typePredicate({ ...site, nested: true, columns: named }, node);
    if (predicate !== null && !operandsOf(predicate).every((operand) => isOfGroups(operand, keys))) {
      const message = "what is not returned is another value for each row of a group";
      context.error("T9", node.span, message, "Return it as well, or aggregate it.");
      return null;
    }
    return predicate;
  });
  const parts = typed.filter((part) => part !== null);
  if (parts.length < typed.length || nodes.length > columns.length) return null;
  const [only, ...more] = parts;
  return only === undefined || more.length === 0 ? (only ?? null) : { kind: "and", parts };
}

interface Names {
  readonly named: ReadonlyMap<string, Expr>;
  /** What is returned, by `exprKey`. */
  readonly keys: ReadonlySet<string>;
}

function namesOf(columns: readonly TypedColumn[]): Names {
  const named = new Map<string, Expr>();
  const keys = new Set<string>();
  for (const { node, expr } of columns) {
    if (expr === null) continue;
    keys.add(exprKey(expr));
    if (node.alias !== null) named.set(node.alias.text, expr);
  }
  return { named, keys };
}
