import { ID_TYPE, type ValueType } from "../../types/value-types.ts";
import type { EntityType, PropertyId } from "./catalog.ts";

/** A part of a key: a property, or an end of an edge. */
export interface KeyPart {
  readonly member: PropertyId | "src" | "dst";
  readonly type: ValueType;
}

const ENDS: readonly KeyPart[] = [
  { member: "src", type: ID_TYPE },
  { member: "dst", type: ID_TYPE },
];

/** What the key of a type is made of, in the order of its text; null for a type without a key. */
export function keyParts({ kind, key }: EntityType): readonly KeyPart[] | null {
  if (key === null) return null;
  const properties = key.map(({ id, type }): KeyPart => ({ member: id, type }));
  return kind === "edge" ? [...ENDS, ...properties] : properties;
}
