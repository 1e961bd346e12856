import type { Value } from "@omnigraph/base";
import type { ValueType } from "../../types/value-types.ts";

/** Stable identities: ULIDs minted in the order of declaration; a rename keeps them. */
export type TypeId = string & { readonly brand: "TypeId" };
/** Of a property, as `TypeId`. */
export type PropertyId = string & { readonly brand: "PropertyId" };

/** An annotation as the schema has it. */
export interface Annotation {
  /** Without the `@`. */
  readonly name: string;
  /** The first, unnamed argument, if any. */
  readonly value: Value | undefined;
  /** The named arguments, `model="…"`. */
  readonly named: Readonly<Record<string, Value>>;
}

/** A property of a type. */
export interface Property {
  /** Stays when it is renamed. */
  readonly id: PropertyId;
  /** Its name now. */
  readonly name: string;
  /** What its values are. */
  readonly type: ValueType;
  /** The value of a property that an insert or a load leaves out; undefined without a default. */
  readonly default: Value | undefined;
  /** Declared with `@index`: order, text or vector index by its type. */
  readonly indexed: boolean;
  /** `@embed`: the String property that this vector embeds, and the model. */
  readonly embed: { readonly source: PropertyId; readonly model: string | null } | null;
  /** Every annotation as written, known or not. */
  readonly annotations: readonly Annotation[];
  /** What rows have that were written before the property was added, whatever its default is now. Absent: null. */
  readonly fill?: Value;
  /** Set where its type was widened: rows that were written before hold narrower numbers. */
  readonly widened?: true;
}

/** What a unique tuple is made of: property ids, and for edges their ends. */
export type TupleMember = PropertyId | "src" | "dst";

/** No two entities of the type have the same tuple. One that holds a null is not compared. */
export interface UniqueConstraint {
  /** What the tuple is made of. */
  readonly members: readonly TupleMember[];
}

/** `@range`: inclusive bounds, null where open. Integers beyond 2^53 are bigint. */
export interface RangeConstraint {
  /** The property that is bounded. */
  readonly property: PropertyId;
  /** Least value, null for none. */
  readonly min: number | bigint | null;
  /** Greatest value, null for none. */
  readonly max: number | bigint | null;
}

/** `@check`: a regular expression in RE2 syntax; it matches anywhere in the text unless anchored. */
export interface CheckConstraint {
  /** The property that is checked. */
  readonly property: PropertyId;
  /** What its text must match. */
  readonly pattern: string;
}

/** What types of nodes and of edges have in common. */
export interface EntityTypeBase {
  /** Stays when it is renamed. */
  readonly id: TypeId;
  /** Its name now. */
  readonly name: string;
  /** In the order of declaration, after inherited interface properties that are not declared again. */
  readonly properties: readonly Property[];
  /** The same properties. */
  readonly propertyByName: ReadonlyMap<string, Property>;
  /** The same properties. */
  readonly propertyById: ReadonlyMap<PropertyId, Property>;
  /**
   * Key properties in the order of their stable ids; null for ids that are generated or given. In the key of an edge both ends come before them, and there may
   * be none.
   */
  readonly key: readonly Property[] | null;
  /** `@unique` of the type and of its properties. */
  readonly uniques: readonly UniqueConstraint[];
  /** Of the type itself, as written. */
  readonly annotations: readonly Annotation[];
}

/** A type of nodes. */
export interface NodeType extends EntityTypeBase {
  /** Tells nodes from edges. */
  readonly kind: "node";
  /** `@range` of its properties. */
  readonly ranges: readonly RangeConstraint[];
  /** `@check` of its properties. */
  readonly checks: readonly CheckConstraint[];
  /** Names of the interfaces that it implements. */
  readonly implements: readonly string[];
}

/** A type of edges. */
export interface EdgeType extends EntityTypeBase {
  /** Tells nodes from edges. */
  readonly kind: "edge";
  /** Type of the nodes that its edges leave. */
  readonly from: NodeType;
  /** Type of the nodes that they lead to. */
  readonly to: NodeType;
  /** Edges per source; max null when open. */
  readonly cardinality: { readonly min: number; readonly max: number | null };
}

/** A type of nodes or of edges. */
export type EntityType = NodeType | EdgeType;

/** Properties that several types of nodes have. */
export interface InterfaceType {
  /** Its name. */
  readonly name: string;
  /** What each implementor has. */
  readonly properties: readonly { readonly name: string; readonly type: ValueType }[];
  /** The types that implement it. */
  readonly implementors: readonly NodeType[];
}

/** A compiled schema: what everything but the schema language itself uses. Immutable. */
export interface Catalog {
  /** Lower-case hex SHA-256 of the canonical compiled schema; names `schemas/<hash>.json`. */
  readonly hash: string;
  /** The source as given to init or apply, byte for byte. */
  readonly source: string;
  /** By name. */
  readonly nodes: ReadonlyMap<string, NodeType>;
  /** By declared name. Look up with `edgeByName` (case does not matter). */
  readonly edges: ReadonlyMap<string, EdgeType>;
  /** By name. */
  readonly interfaces: ReadonlyMap<string, InterfaceType>;
  /** By id. */
  readonly typeById: ReadonlyMap<TypeId, EntityType>;
  /** Keys are lower-case names. */
  readonly edgeByLowerName: ReadonlyMap<string, EdgeType>;
  /** Ids of types and properties that were dropped, sorted: what is added again gets another id, so that old values stay away. */
  readonly retired: readonly string[];
}
