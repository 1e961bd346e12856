import fc from "fast-check";
import { chance, nodeId, oneOf, type Pick } from "./arbitrary-values.ts";
import type { EntityType, Property, ValueType } from "@omnigraph/language";

/** A variable in scope. */
export interface Bound {
  readonly name: string;
  readonly type: EntityType;
}

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

/** `$x.p` for each property in scope that is no list and passes a test. */
export function scalarsIn(scope: readonly Bound[], passes: (type: ValueType) => boolean): readonly string[] {
  return scope.flatMap(({ name, type }) =>
    matchable(type)
      .filter((property) => !property.type.list && passes(property.type))
      .map((property) => `$${name}.${property.name}`),
  );
}

/** The id or an end of a variable, and an id that it may have. */
export function systemField(
  pick: Pick,
  { name, type }: Bound,
): { readonly text: string; readonly id: string } {
  if (chance(pick, 8)) return { text: `$${name}.@type`, id: type.name };
  if (type.kind === "node") return { text: `$${name}.@id`, id: nodeId(pick, type) };
  return oneOf(pick, [
    { text: `$${name}.@id`, id: `e${pick(fc.nat, 3)}` },
    { text: `$${name}.@src`, id: nodeId(pick, type.from) },
    { text: `$${name}.@dst`, id: nodeId(pick, type.to) },
  ]);
}
