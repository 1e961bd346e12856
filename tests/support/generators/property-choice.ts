import type { EntityType, Property, ValueType } from "@omnigraph/language";

/** The properties that patterns and filters may name. */
export function matchable(type: EntityType): readonly Property[] {
  return type.properties.filter(({ type: { scalar, dimension } }) => scalar !== "Blob" && dimension === null);
}

/** A single number. */
export function isNumeric({ scalar, dimension }: ValueType): boolean {
  return dimension === null && /^[IUF]/u.test(scalar);
}

/** Whether a filter may compare values of the two types. */
export function comparable(a: ValueType, b: ValueType): boolean {
  return b.dimension === null && (a.scalar === b.scalar || (isNumeric(a) && isNumeric(b)));
}
