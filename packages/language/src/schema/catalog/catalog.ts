import type { Value } from "@omnigraph/base";
import type { ValueType } from "../../types/value-types.ts";

/** Stable identities: ULIDs minted in the order of declaration; a rename keeps them. */
export type TypeId = string & { readonly brand: "TypeId" };
export type PropertyId = string & { readonly brand: "PropertyId" };

export interface Annotation {
  readonly name: string;
  /** The first, unnamed argument, if any. */
  readonly value: Value | undefined;
  readonly named: Readonly<Record<string, Value>>;
}

export interface Property {
  readonly id: PropertyId;
  /** Ids that a merge made one with `id`; absent where there are none. `propertyById` knows them. */
  readonly aliases?: readonly PropertyId[];
  readonly name: string;
  readonly type: ValueType;
  /** The value of a property that an insert or a load leaves out; undefined without a default. */
  readonly default: Value | undefined;
  /** Declared with `@index`: order, text or vector index by its type. */
  readonly indexed: boolean;
  /** `@embed`: the String property that this vector embeds, and the model. */
  readonly embed: { readonly source: PropertyId; readonly model: string | null } | null;
  /** Every annotation as written, known or not. */
  readonly annotations: readonly Annotation[];
}

/** What a unique tuple is made of: property ids, and for edges their ends. */
export type TupleMember = PropertyId | "src" | "dst";

export interface UniqueConstraint {
  readonly members: readonly TupleMember[];
}

/** `@range`: inclusive bounds, null where open. Integers beyond 2^53 are bigint. */
export interface RangeConstraint {
  readonly property: PropertyId;
  readonly min: number | bigint | null;
  readonly max: number | bigint | null;
}

/** `@check`: a regular expression in RE2 syntax; it matches anywhere in the text unless anchored. */
export interface CheckConstraint {
  readonly property: PropertyId;
  readonly pattern: string;
}

/** What types of nodes and of edges have in common. */
export interface EntityTypeBase {
  readonly id: TypeId;
  /** Ids that a merge made one with `id`; absent where there are none. `typeById` knows them. */
  readonly aliases?: readonly TypeId[];
  readonly name: string;
  /** In the order of declaration, after inherited interface properties that are not declared again. */
  readonly properties: readonly Property[];
  readonly propertyByName: ReadonlyMap<string, Property>;
  readonly propertyById: ReadonlyMap<PropertyId, Property>;
  readonly uniques: readonly UniqueConstraint[];
  readonly annotations: readonly Annotation[];
}

export interface NodeType extends EntityTypeBase {
  readonly kind: "node";
  /** Key properties in the order of their stable ids; null for generated ids. */
  readonly key: readonly Property[] | null;
  readonly ranges: readonly RangeConstraint[];
  readonly checks: readonly CheckConstraint[];
  readonly implements: readonly string[];
}

export interface EdgeType extends EntityTypeBase {
  readonly kind: "edge";
  readonly from: NodeType;
  readonly to: NodeType;
  /** Edges per source; max null when open. */
  readonly cardinality: { readonly min: number; readonly max: number | null };
}

export type EntityType = NodeType | EdgeType;

export interface InterfaceType {
  readonly name: string;
  readonly properties: readonly { readonly name: string; readonly type: ValueType }[];
  readonly implementors: readonly NodeType[];
}

/** A compiled schema: what everything but the schema language itself uses. Immutable. */
export interface Catalog {
  /** Lower-case hex SHA-256 of the canonical compiled schema; names `schemas/<hash>.json`. */
  readonly hash: string;
  /** The source as given to init or apply, byte for byte. */
  readonly source: string;
  readonly nodes: ReadonlyMap<string, NodeType>;
  /** By declared name. Look up with `edgeByName` (case does not matter). */
  readonly edges: ReadonlyMap<string, EdgeType>;
  readonly interfaces: ReadonlyMap<string, InterfaceType>;
  readonly typeById: ReadonlyMap<TypeId, EntityType>;
  /** Keys are lower-case names. */
  readonly edgeByLowerName: ReadonlyMap<string, EdgeType>;
}
