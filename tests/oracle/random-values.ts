import fc from "fast-check";

/** Numbers of people, computed of those that are there, of other properties and of constants. */
export const computedNumber = fc.constantFrom(
  "age + 1",
  "coalesce(age, level) - 1",
  "level * 2",
  "level",
  "-age",
  "(age + level) * 1",
  "1 + 2",
  "length(name)",
  "level * 9223372036854775807",
);
/** Texts of people, computed likewise. */
export const computedText = fc.constantFrom(
  "lower(name)",
  "coalesce(email, name)",
  "upper(email)",
  'lower("A")',
  "name",
);
