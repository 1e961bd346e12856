import { atOnce, type Value } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnTypes, columnValues } from "../../../../tests/support/generators/columns.ts";
import { columnOf } from "./builder.ts";
import { plainText } from "./dictionary.ts";
import { findingDifference } from "./first-difference.ts";
import { sliceColumn } from "./select.ts";

const F64 = { scalar: "F64", list: false, dimension: null } as const;
const STRING = { scalar: "String", list: false, dimension: null } as const;

/** A column type, two lists of its values, and where to cut the first one into two parts. */
const twoColumns = columnTypes().chain((type) =>
  fc.record({
    type: fc.constant(type),
    values: fc.array(columnValues(type), { minLength: 1, maxLength: 40 }),
    other: columnValues(type),
    at: fc.nat(),
    cut: fc.nat(),
  }),
);

describe("the first difference of a column in parts from another one", () => {
  it("is the first row whose value is another one, wherever the parts end", () => {
    fc.assert(
      fc.property(twoColumns, ({ type, values, other, at, cut }) => {
        const column = columnOf(type, values);
        const middle = cut % (values.length + 1);
        const parts = [sliceColumn(column, 0, middle), sliceColumn(column, middle, values.length)];
        expect(atOnce(findingDifference(parts, columnOf(type, values)))).toBe(-1);
        const row = at % values.length;
        const changed = values.with(row, other);
        expect(atOnce(findingDifference(parts, columnOf(type, changed)))).toBe(
          isSame(values[row], other) ? -1 : row,
        );
        expect(atOnce(findingDifference(parts, columnOf(type, values.slice(0, row))))).toBe(row);
        expect(atOnce(findingDifference([sliceColumn(column, 0, row)], column))).toBe(row);
      }),
      { numRuns: 500 },
    );
  });

  it("is found between floats that only their bits tell apart", () => {
    for (const [a, b] of [
      [NaN, 5],
      [5, NaN],
      [0, -0],
    ] as const) {
      const values: readonly Value[] = [1, null, 3];
      const [x, y] = [columnOf(F64, [...values, a]), columnOf(F64, [...values, b])];
      expect(atOnce(findingDifference([x], y))).toBe(3);
    }
  });

  it("is none between a dictionary and the texts that it stands for", () => {
    const values = Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? null : `city ${i % 5}`));
    const encoded = columnOf(STRING, values);
    if (encoded.kind !== "dictionary") expect.fail("no dictionary");
    const plain = plainText(encoded);
    expect(atOnce(findingDifference([plain], encoded))).toBe(-1);
    expect(atOnce(findingDifference([encoded], plain))).toBe(-1);
    expect(atOnce(findingDifference([plain], columnOf(STRING, values.with(150, "elsewhere"))))).toBe(150);
  });
});

/** Whether two values are the same bit by bit, as JSON and dates cannot tell. */
function isSame(a: Value | undefined, b: Value): boolean {
  if (a instanceof Float32Array && b instanceof Float32Array) return isSame([...a], [...b]);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x, i) => isSame(x, b[i]));
  return Object.is(a, b);
}
