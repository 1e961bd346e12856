import { atOnce, STEP_ROWS } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { typedValues, valuesOf } from "../../../../tests/support/generators/columns.ts";
import { columnOf } from "./builder.ts";
import { constantColumn, sliceColumn } from "./select.ts";
import { gathering } from "./gather.ts";

const CASES = typedValues().chain(({ type, values }) =>
  fc.record({
    type: fc.constant(type),
    values: fc.constant(values),
    cuts: fc.array(fc.nat({ max: values.length }), { maxLength: 4 }),
    picks: fc.array(fc.nat(), { maxLength: 50 }),
    ranges: fc.constantFrom(1, 1, 20, 40),
    repeats: fc.constantFrom(1, 1, 300),
  }),
);

test("rows are gathered from columns as from one, however many steps and columns there are", () => {
  fc.assert(
    fc.property(CASES, ({ type, values, cuts, picks, ranges, repeats }) => {
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), values.length];
      const columns = bounds.slice(1).map((end, k) => columnOf(type, values.slice(bounds[k] ?? 0, end)));
      expect(valuesOf(atOnce(gathering(columns, null)))).toEqual(values);
      const rangeFrom = (n: number): readonly number[] =>
        Array.from({ length: ranges }, (_, i) => (n % values.length) + i).filter(
          (row) => row < values.length,
        );
      const rows = Array.from({ length: repeats }, () =>
        values.length === 0 ? [] : picks.flatMap(rangeFrom),
      );
      const named = rows.flat().slice(0, 5 * STEP_ROWS);
      expect(valuesOf(atOnce(gathering(columns, Uint32Array.from(named))))).toEqual(
        named.map((row) => values[row]),
      );
    }),
    { numRuns: 150 },
  );
});

test("a long column is gathered in steps, and stays dictionary-encoded where it was", () => {
  const text = { scalar: "String", list: false, dimension: null } as const;
  const many = 3 * STEP_ROWS;
  const cities = constantColumn(text, "Oslo", many);
  const steps = gathering(
    [cities, columnOf(text, ["Bern"])],
    Uint32Array.from({ length: many }, (_, i) => i + 1),
  );
  let pauses = 0;
  let next = steps.next();
  for (; next.done !== true; next = steps.next()) pauses++;
  expect(pauses).toBeGreaterThan(3);
  expect(next.value.kind).toBe("dictionary");
  expect(valuesOf(sliceColumn(next.value, many - 2, many))).toEqual(["Oslo", "Bern"]);
});
