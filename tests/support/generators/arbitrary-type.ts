import fc from "fast-check";
import { SCALARS } from "../../../packages/language/src/types/value-types.ts";

const plainType = fc.record({
  scalar: fc.constantFrom(...SCALARS),
  list: fc.boolean(),
  nullable: fc.boolean(),
  dimension: fc.constant(null),
  enumValues: fc.constant(null),
} as const);
/** Types that parameters may have. */
export const arbitraryType = fc.oneof(
  plainType,
  fc.record({ length: fc.nat(2000), nullable: fc.boolean() }).map(({ length, nullable }) => {
    return { scalar: "F32" as const, list: false, nullable, dimension: length, enumValues: null };
  }),
  fc
    .record({
      values: fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,5}$/), { minLength: 1, maxLength: 3 }),
      nullable: fc.boolean(),
    })
    .map(({ values, nullable }) => ({
      scalar: "String" as const,
      list: false,
      nullable,
      dimension: null,
      enumValues: values,
    })),
);
