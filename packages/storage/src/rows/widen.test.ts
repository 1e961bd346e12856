import { expect, test } from "vitest";
import { valueAt } from "./access.ts";
import { columnOf } from "./builder.ts";
import type { ColumnType } from "./column.ts";
import { widened } from "./widen.ts";

const typeOf = (scalar: ColumnType["scalar"], list = false): ColumnType => ({
  scalar,
  list,
  dimension: null,
});

const NUMBERS = [0, 1, -1, 2147483647, -2147483648, null];

test.each([
  ["I32", "I64", NUMBERS],
  ["I32", "F64", NUMBERS],
  ["F32", "F64", [0.5, -0, Infinity, null]],
] as const)("a column of %s has the same values as %s, single and in lists", (from, to, values) => {
  const single = widened(columnOf(typeOf(from), values), typeOf(to));
  expect(values.map((_, row) => valueAt(single, row))).toEqual(values);
  const present = values.filter((value) => value !== null);
  const lists = [present, [], null, present.slice(1)];
  const column = widened(columnOf(typeOf(from, true), lists), typeOf(to, true));
  expect(lists.map((_, row) => valueAt(column, row))).toEqual(lists);
  expect(widened(single, typeOf(to))).toBe(single);
});

test("a column cannot be read as a type that does not have all of its values", () => {
  const column = columnOf(typeOf("F64"), [1]);
  expect(() => widened(column, typeOf("I32"))).toThrow("is read as I32");
});
