import type { Value } from "@omnigraph/base";
import type { ColumnType } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scalarValues, typedValues } from "../../../../../tests/support/generators/columns.ts";
import { cellsOf } from "../../../../../tests/support/models/cells.ts";
import { constantToField, fieldToConstant } from "./constant-test.ts";
import { fieldToField } from "./field-test.ts";
import { asKeyValue } from "./key-value.ts";
import { compareValues, holds } from "./values.ts";

const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
const TEXT_OPERATORS = [...COMPARISONS, "contains_text", "starts_with"] as const;

const scalars = typedValues().filter(({ type }) => !type.list && type.dimension === null);

function constantFor(type: ColumnType, values: readonly Value[]): fc.Arbitrary<Value> {
  const numeric = type.scalar !== "String" && type.scalar !== "Blob" && type.scalar !== "Bool";
  return fc.oneof(
    fc.constantFrom(...values, null),
    scalarValues(type.scalar),
    ...(numeric
      ? [fc.constantFrom<Value>(0.5, -0.5, -1, 2 ** 53, 2n ** 63n, 2n ** 64n, -(2n ** 63n) - 1n)]
      : []),
  );
}

describe("tests of a column against a constant", () => {
  it("tests of a column answer as comparing values does, whatever the kind of the column and its patches", () => {
    const drawn = scalars.chain((typed) =>
      fc.record({
        typed: fc.constant(typed),
        constant: constantFor(typed.type, typed.values),
        patch: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ typed: { type, values }, constant, patch }) => {
        const cells = cellsOf(type, values, patch ? "third" : "none");
        const wrong: string[] = [];
        const operators = type.scalar === "String" || type.scalar === "Blob" ? TEXT_OPERATORS : COMPARISONS;
        for (const operator of operators) {
          const test = fieldToConstant(cells, operator, constant);
          const mirrored = constantToField(constant, operator, cells);
          for (let i = 0; i < values.length; i++) {
            const value = cells.value(i);
            if (test(i) !== holds(operator, value, constant)) wrong.push(`${String(value)} ${operator}`);
            if (mirrored(i) !== holds(operator, constant, value)) wrong.push(`${operator} ${String(value)}`);
          }
        }
        expect(wrong, `against ${String(constant)}`).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("tests of list columns find items", () => {
    const lists = typedValues().filter(({ type }) => type.list);
    const drawn = lists.chain((typed) =>
      fc.record({ typed: fc.constant(typed), item: scalarValues(typed.type.scalar), patch: fc.boolean() }),
    );
    fc.assert(
      fc.property(drawn, ({ typed: { type, values }, item, patch }) => {
        const held = values
          .flatMap((value) => (Array.isArray(value) ? value : []))
          .filter((value) => value !== null);
        for (const constant of [item, ...held.slice(0, 3)]) {
          const test = fieldToConstant(
            cellsOf(type, values, patch ? "third" : "none"),
            "contains_item",
            constant,
          );
          for (const [i, value] of values.entries()) {
            const expected =
              Array.isArray(value) && value.some((one) => one !== null && compareValues(one, constant) === 0);
            expect(test(i)).toBe(expected);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("64-bit integers and floats are compared exactly", () => {
    const big = cellsOf(
      { scalar: "I64", list: false, dimension: null },
      [9007199254740993n, -9007199254740993n],
      "none",
    );
    expect(fieldToConstant(big, "=", 9007199254740992)(0)).toBe(false);
    expect(fieldToConstant(big, ">", 9007199254740992)(0)).toBe(true);
    expect(fieldToConstant(big, "<", -9007199254740992)(1)).toBe(true);
    const most = cellsOf({ scalar: "U64", list: false, dimension: null }, [18446744073709551615n], "none");
    expect(fieldToConstant(most, ">", 9223372036854775807n)(0)).toBe(true);
    expect(fieldToConstant(most, "<", 2 ** 64)(0)).toBe(true);
    expect(fieldToConstant(most, ">=", -1)(0)).toBe(true);
  });
});

describe("tests between two columns", () => {
  it("tests between two columns answer as comparing values does", () => {
    const drawn = scalars.chain(({ type, values }) =>
      fc.record({
        type: fc.constant(type),
        left: fc.constant(values),
        right: fc.array(fc.oneof(scalarValues(type.scalar), fc.constantFrom(...values, null)), {
          maxLength: 8,
        }),
        patch: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ type, left, right, patch }) => {
        const a = cellsOf(type, left, patch ? "third" : "none");
        const b = cellsOf(type, right, patch ? "none" : "third");
        const wrong: string[] = [];
        for (const operator of type.scalar === "String" ? TEXT_OPERATORS : COMPARISONS) {
          const test = fieldToField(a, operator, b);
          for (let i = 0; i < left.length; i++) {
            for (let j = 0; j < right.length; j++) {
              if (test(i, j) === holds(operator, a.value(i), b.value(j))) continue;
              wrong.push(`${String(a.value(i))} ${operator} ${String(b.value(j))}`);
            }
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("values", () => {
  it("texts are ordered by their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(Math.sign(compareValues(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareValues("\uffee", "🙂")).toBeLessThan(0);
  });

  it.each([
    [7, "I32", 7],
    [7.5, "I32", null],
    [2 ** 31, "I32", null],
    [-1, "U32", null],
    [-1, "U64", null],
    [2n ** 64n - 1n, "U64", 2n ** 64n - 1n],
    [2 ** 60, "I64", 2n ** 60n],
    [0.1, "F32", Math.fround(0.1)],
    [0.25, "F32", 0.25],
    [2n ** 53n + 1n, "F64", null],
    [2n ** 60n, "F64", 2 ** 60],
    ["1", "I32", null],
    [null, "String", null],
    [true, "Bool", true],
  ] as const)("%s as a key of %s is %s", (constant, scalar, expected) => {
    expect(asKeyValue(constant, scalar)).toBe(expected);
  });
});
