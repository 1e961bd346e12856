import type { Catalog, EdgeType, EntityType, InterfaceType, NodeType, TypeId } from "./catalog.ts";

/** What a catalog is made of, in the order of declaration. */
export interface CatalogParts {
  readonly source: string;
  readonly nodes: readonly NodeType[];
  readonly edges: readonly EdgeType[];
  readonly interfaces: readonly InterfaceType[];
}

/** The catalog of these parts, with its look-ups by name and id. */
export function assembleCatalog({ source, nodes, edges, interfaces }: CatalogParts, hash: string): Catalog {
  const typeById = new Map<TypeId, EntityType>();
  for (const type of [...nodes, ...edges]) {
    typeById.set(type.id, type);
    for (const alias of type.aliases ?? []) typeById.set(alias, type);
  }
  return {
    hash,
    source,
    nodes: new Map(nodes.map((type) => [type.name, type])),
    edges: new Map(edges.map((type) => [type.name, type])),
    interfaces: new Map(interfaces.map((type) => [type.name, type])),
    typeById,
    edgeByLowerName: new Map(edges.map((type) => [type.name.toLowerCase(), type])),
  };
}

/** The lookups of a type's properties. */
export function indexProperties(
  properties: EntityType["properties"],
): Pick<EntityType, "properties" | "propertyByName" | "propertyById"> {
  const propertyById = new Map(properties.map((property) => [property.id, property]));
  for (const property of properties)
    for (const alias of property.aliases ?? []) propertyById.set(alias, property);
  return {
    properties,
    propertyByName: new Map(properties.map((property) => [property.name, property])),
    propertyById,
  };
}
