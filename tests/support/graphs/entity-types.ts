import type { EntityType, NodeType, Property, PropertyId, TypeId, ValueType } from "@omnigraph/language";
import type { ColumnType } from "@omnigraph/storage";

/** A ULID that a number decides. */
export function numberedUlid(n: number): string {
  return `01J${String(n).padStart(23, "0")}`;
}

/** A nullable property of a type of column. */
export function propertyOf(n: number, name: string, type: ColumnType): Property {
  const valueType: ValueType = { ...type, nullable: true, enumValues: null };
  const id = numberedUlid(n) as PropertyId;
  return { id, name, type: valueType, default: undefined, indexed: false, embed: null, annotations: [] };
}

/** A node type of these properties. */
export function nodeTypeOf(n: number, name: string, properties: readonly Property[]): NodeType {
  return {
    kind: "node",
    id: numberedUlid(n) as TypeId,
    name,
    properties,
    propertyByName: new Map(properties.map((property) => [property.name, property])),
    propertyById: new Map(properties.map((property) => [property.id, property])),
    uniques: [],
    annotations: [],
    key: null,
    ranges: [],
    checks: [],
    implements: [],
  };
}

/** An edge type of these properties between one node type. */
export function edgeTypeOf(
  n: number,
  name: string,
  node: NodeType,
  properties: readonly Property[],
): EntityType {
  const {
    ranges: _ranges,
    checks: _checks,
    implements: _implements,
    ...base
  } = nodeTypeOf(n, name, properties);
  return { ...base, kind: "edge", from: node, to: node, cardinality: { min: 0, max: null } };
}
