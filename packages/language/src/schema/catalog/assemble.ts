import type { Catalog, EdgeType, EntityType, InterfaceType, NodeType, TypeId } from "./catalog.ts";

/** What a catalog is made of, in the order of declaration. */
export interface CatalogParts {
  readonly source: string;
  readonly nodes: readonly NodeType[];
  readonly edges: readonly EdgeType[];
  readonly interfaces: readonly InterfaceType[];
  readonly retired: readonly string[];
}

/** The catalog of these parts, with its look-ups by name and id. */
export function assembleCatalog(
  { source, nodes, edges, interfaces, retired }: CatalogParts,
  hash: string,
): Catalog {
  return {
    hash,
    source,
    nodes: new Map(nodes.map((type) => [type.name, type])),
    edges: new Map(edges.map((type) => [type.name, type])),
    interfaces: new Map(interfaces.map((type) => [type.name, type])),
    typeById: new Map<TypeId, EntityType>([...nodes, ...edges].map((type) => [type.id, type])),
    edgeByLowerName: new Map(edges.map((type) => [type.name.toLowerCase(), type])),
    retired,
  };
}

/** The lookups of a type's properties. */
export function indexProperties(
  properties: EntityType["properties"],
): Pick<EntityType, "properties" | "propertyByName" | "propertyById"> {
  return {
    properties,
    propertyByName: new Map(properties.map((property) => [property.name, property])),
    propertyById: new Map(properties.map((property) => [property.id, property])),
  };
}
