import type { EdgeType, EntityType, PropertyId } from "@omnigraph/language";
import type { Need, ViewPart } from "./view.ts";

/** A need of one type with the given parts only. */
export function needOf(type: EntityType, parts: Partial<Omit<Need, "type">>): Need {
  return {
    type,
    columns: parts.columns ?? new Set<PropertyId>(),
    terms: parts.terms ?? new Set<PropertyId>(),
    keys: parts.keys ?? false,
    ids: parts.ids ?? false,
    out: parts.out ?? false,
    in: parts.in ?? false,
    ends: parts.ends ?? false,
  };
}

/** The structures that a need names. The key table is made of the ids. */
export function partsOf(need: Need): readonly ViewPart[] {
  const parts: ViewPart[] = [];
  if (need.ids || need.keys) parts.push({ kind: "ids" });
  if (need.keys) parts.push({ kind: "keys" });
  // Nodes have no ends, whatever is asked of them.
  if (need.type.kind === "edge")
    for (const kind of ["ends", "out", "in"] as const) if (need[kind]) parts.push({ kind });
  for (const property of need.columns) parts.push({ kind: "column", property });
  for (const property of need.terms) parts.push({ kind: "terms", property });
  return parts;
}

/** The needs for whole rows of a type: every column, the ids, and for edges the ids of their ends. */
export function wholeRows(type: EntityType): readonly Need[] {
  const columns = new Set(type.properties.map((property) => property.id));
  if (type.kind === "node") return [needOf(type, { columns, ids: true })];
  return [needOf(type, { columns, ids: true, ends: true }), ...endIds(type)];
}

/** The ids of an edge type's ends. */
export function endIds(type: EdgeType): readonly Need[] {
  const from = needOf(type.from, { ids: true });
  return type.from.id === type.to.id ? [from] : [from, needOf(type.to, { ids: true })];
}

/** Key tables of the types at an edge type's ends. */
export function endKeys(type: EdgeType): readonly Need[] {
  const from = needOf(type.from, { keys: true });
  return type.from.id === type.to.id ? [from] : [from, needOf(type.to, { keys: true })];
}
