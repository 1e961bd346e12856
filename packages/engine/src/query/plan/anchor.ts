import { isConstant, type Predicate, type Property, type Variable } from "@omnigraph/language";
import type { Anchor } from "./spec.ts";
import type { ConstantExpr } from "./expressions.ts";

/** An equality of a field of the variable with a constant. */
interface Equality {
  readonly filter: Predicate;
  readonly property: Property | null;
  readonly constant: ConstantExpr;
}

function equalityOf(filter: Predicate): Equality | null {
  if (filter.kind !== "filter" || filter.operator !== "=") return null;
  for (const [field, constant] of [
    [filter.left, filter.right],
    [filter.right, filter.left],
  ] as const) {
    if (field.kind !== "field" || field.field.kind === "type" || !isConstant(constant)) continue;
    return { filter, property: field.field.kind === "property" ? field.field.property : null, constant };
  }
  return null;
}

/** The anchor that the filters of a node give, with the remaining filters; null when they do not fix its identity. */
export function findAnchor(
  variable: Variable,
  filters: readonly Predicate[],
): { readonly anchor: Anchor; readonly rest: readonly Predicate[] } | null {
  const { type } = variable;
  if (type.kind !== "node") return null;
  const equalities = filters.map(equalityOf).filter((equality) => equality !== null);
  const byId = equalities.find(({ property }) => property === null);
  if (byId !== undefined) {
    const rest = filters.filter((filter) => filter !== byId.filter);
    return { anchor: { kind: "id", value: byId.constant }, rest };
  }
  if (type.key === null) return null;
  const chosen: Equality[] = [];
  for (const property of type.key) {
    const equality = equalities.find((candidate) => candidate.property?.id === property.id);
    if (equality === undefined) return null;
    chosen.push(equality);
  }
  const used = new Set(chosen.map(({ filter }) => filter));
  return {
    anchor: { kind: "key", values: chosen.map(({ constant }) => constant) },
    rest: filters.filter((filter) => !used.has(filter)),
  };
}
