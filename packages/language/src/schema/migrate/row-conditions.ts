import { assembleCatalog, indexProperties } from "../catalog/assemble.ts";
import type { Catalog, EntityType } from "../catalog/catalog.ts";

/** A schema of one type, and of the nodes that it joins where it is an edge: rows are checked against it and nothing of it is stored. */
export function schemaOfType(type: EntityType): Catalog {
  const nodes = type.kind === "node" ? [type] : [...new Set([type.from, type.to])];
  const edges = type.kind === "edge" ? [type] : [];
  return assembleCatalog({ source: "", nodes, edges, interfaces: [], retired: [] }, "");
}

/** The accepted type with the properties that are added, which its rows have filled. */
export function withAdded<Type extends EntityType>(accepted: Type, desired: EntityType): Type {
  const added = desired.properties.filter(({ id }) => !accepted.propertyById.has(id));
  return added.length === 0
    ? accepted
    : { ...accepted, ...indexProperties([...accepted.properties, ...added]) };
}
