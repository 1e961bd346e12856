import { assembleCatalog, indexProperties } from "../catalog/assemble.ts";
import type { Catalog, EntityType, NodeType, Property } from "../catalog/catalog.ts";
import { isWider } from "./widening.ts";

const OPEN = { min: 0, max: null } as const;

/** A schema of one type, and of the nodes that it joins where it is an edge, of which nothing is demanded: rows are checked against it and nothing of it is stored. */
export function schemaOfType(type: EntityType): Catalog {
  const parts = { source: "", interfaces: [], retired: [] };
  if (type.kind === "node") return assembleCatalog({ ...parts, nodes: [type], edges: [] }, "");
  const [from, to] = [type.from, type.to].map(withoutProperties) as [NodeType, NodeType];
  const nodes = from.id === to.id ? [from] : [from, to];
  return assembleCatalog({ ...parts, nodes, edges: [{ ...type, from, to }] }, "");
}

/** A type whose rows may be those of an accepted schema, of a desired one or of both, and of which nothing is demanded but that values are of their types. */
export function undemanding<Type extends EntityType>(accepted: EntityType, desired: Type): Type {
  const properties = desired.properties.map((property) =>
    optional(holdingBoth(accepted.propertyById.get(property.id), property)),
  );
  const open = { key: null, uniques: [], ...indexProperties(properties) };
  return desired.kind === "node"
    ? { ...desired, ...open, ranges: [], checks: [] }
    : { ...desired, ...open, cardinality: OPEN };
}

/** Where a change of its type cannot be made, rows are as they were. */
function holdingBoth(old: Property | undefined, now: Property): Property {
  if (old === undefined || isWider(old.type, now.type)) return now;
  const values = new Set(now.type.enumValues);
  const isExtended = old.type.enumValues?.every((value) => values.has(value)) === true;
  return isExtended ? now : { ...now, type: old.type };
}

function optional(property: Property): Property {
  return { ...property, type: { ...property.type, nullable: true } };
}

function withoutProperties(type: NodeType): NodeType {
  return { ...type, key: null, uniques: [], ranges: [], checks: [], ...indexProperties([]) };
}
