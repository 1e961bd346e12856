import { isError, type Value } from "@omnigraph/base";
import type { PropertyId } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnValues, nullPatterns, valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { bitBytes, setBit } from "../bits.ts";
import { columnFromBuffers } from "./buffers.ts";
import { appendFrom, columnBuilder, columnOf } from "../builder.ts";
import { decodeBatch, encodeBatch } from "./codec.ts";
import type { Column, ColumnType } from "../column.ts";
import { concatColumns } from "../concat.ts";
import { denseComponents, denseOffsets } from "./packing.ts";
import { Rank } from "../rank.ts";
import { constantColumn, sliceColumn, takeColumn } from "../select.ts";

// Cast: ids of properties are opaque here.
const KEY = "01J00000000000000000000000" as PropertyId;
const VECTOR: ColumnType = { scalar: "F32", list: false, dimension: 3 };
const WIDE: ColumnType = { scalar: "F32", list: false, dimension: 1536 };
const LISTS: readonly ColumnType[] = [
  { scalar: "String", list: true, dimension: null },
  { scalar: "I64", list: true, dimension: null },
  { scalar: "Bool", list: true, dimension: null },
  { scalar: "F32", list: true, dimension: null },
];

/** Values of which those of a pattern are null. */
function patterned(type: ColumnType): fc.Arbitrary<readonly Value[]> {
  return fc
    .tuple(
      fc.nat({ max: 300 }).chain(nullPatterns),
      fc.array(columnValues(type), { minLength: 1, maxLength: 7 }),
    )
    .map(([nulls, few]) => nulls.map((isNull, i) => (isNull ? null : (few[i % few.length] ?? null))));
}

interface Step {
  readonly kind: "slice" | "take" | "concat" | "copy" | "wire";
  readonly a: number;
  readonly b: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("slice", "take", "concat", "copy", "wire"),
    a: fc.nat(),
    b: fc.nat(),
  }),
  { maxLength: 8 },
);

/** A column beside the array that it stands for. */
interface Pair {
  readonly column: Column;
  readonly values: readonly Value[];
}

function applied({ column, values }: Pair, other: Pair, type: ColumnType, { kind, a, b }: Step): Pair {
  switch (kind) {
    case "slice": {
      const start = a % (values.length + 1);
      const end = start + (b % (values.length + 1 - start));
      return { column: sliceColumn(column, start, end), values: values.slice(start, end) };
    }
    case "take": {
      const rows =
        values.length === 0 ? [] : Array.from({ length: b % 90 }, (_, k) => (a + k * 7) % values.length);
      return { column: takeColumn(column, rows), values: rows.map((row) => values[row] ?? null) };
    }
    case "concat": {
      const nulls = a % 40;
      const parts = [column, constantColumn(type, null, nulls), other.column];
      const none = Array.from({ length: nulls }, () => null);
      return { column: concatColumns(parts), values: [...values, ...none, ...other.values] };
    }
    case "copy": {
      const builder = columnBuilder(type, a % 9);
      for (let row = 0; row < values.length; row++) appendFrom(builder, column, row);
      return { column: builder.finish(), values };
    }
    case "wire": {
      const bytes = encodeBatch({ length: column.length, columns: new Map([[KEY, column]]) });
      const read = decodeBatch(bytes, "test").columns.get(KEY);
      expect(read).toBeDefined();
      return { column: read ?? column, values };
    }
  }
}

describe("columns of lists and vectors with nulls", () => {
  it.each([VECTOR, ...LISTS])(
    "columns with nulls behave as arrays do, whatever is done to them: %o",
    (type) => {
      fc.assert(
        fc.property(patterned(type), patterned(type), steps, (first, second, done) => {
          const other = { column: columnOf(type, second), values: second };
          let pair: Pair = { column: columnOf(type, first), values: first };
          for (const step of done) {
            pair = applied(pair, other, type, step);
            expect(valuesOf(pair.column)).toStrictEqual(pair.values);
          }
        }),
        { numRuns: 150 },
      );
    },
  );

  it("a null takes one bit, in memory and as bytes", () => {
    const rows = 100_000;
    const nulls = Array.from({ length: rows }, () => null);
    for (const type of [WIDE, ...LISTS]) {
      const column = columnOf(type, nulls);
      const taken = takeColumn(column, new Uint32Array(rows));
      for (const made of [column, taken, constantColumn(type, null, rows), concatColumns([column, taken])]) {
        const bytes = encodeBatch({ length: made.length, columns: new Map([[KEY, made]]) });
        expect(bytes.length).toBeLessThan(made.length / 8 + 200);
        expect(heldBytes(made)).toBeLessThan((made.length / 8) * 2 + 200);
      }
    }
  });

  it("columns without nulls are addressed by row number", () => {
    const column = columnOf(VECTOR, [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]);
    expect(column).toMatchObject({ validity: null, rank: null });
    const bytes = encodeBatch({ length: 2, columns: new Map([[KEY, column]]) });
    const read = decodeBatch(bytes, "test").columns.get(KEY);
    expect(read?.kind === "vector" && read.values.buffer === bytes.buffer).toBe(true);
  });

  it("columns are read where nulls have entries, also entries that are not empty", () => {
    const validity = Uint8Array.of(0b101);
    const shape = {
      rows: 3,
      nulls: true,
      itemNulls: false,
      textBytes: 0,
      entries: null,
      scalar: "F32",
    } as const;
    const words = (...offsets: number[]): Uint8Array => new Uint8Array(Uint32Array.from(offsets).buffer);
    const floats = (...numbers: number[]): Uint8Array => new Uint8Array(Float32Array.from(numbers).buffer);
    const list = columnFromBuffers(
      { ...shape, kind: "list", count: 4 },
      [validity, words(0, 1, 3, 4), floats(1, 2, 3, 4)],
      "test",
    );
    expect(valuesOf(list)).toStrictEqual([[1], null, [4]]);
    expect(valuesOf(takeColumn(list, [2, 1, 0, 2]))).toStrictEqual([[4], null, [1], [4]]);
    const vectors = columnFromBuffers(
      { ...shape, kind: "vector", count: 2 },
      [validity, floats(1, 2, 9, 9, 3, 4)],
      "test",
    );
    expect(valuesOf(vectors)).toStrictEqual([Float32Array.of(1, 2), null, Float32Array.of(3, 4)]);
  });

  it("columns have an entry for every row where another format needs it", () => {
    fc.assert(
      fc.property(patterned(VECTOR), fc.nat(), (values, a) => {
        const start = a % (values.length + 1);
        const column = sliceColumn(columnOf(VECTOR, values), start, values.length);
        if (column.kind !== "vector") throw new Error(column.kind);
        const dense = values
          .slice(start)
          .flatMap((value) => [...(value instanceof Float32Array ? value : [0, 0, 0])]);
        expect([...denseComponents(column)]).toEqual(dense);
      }),
    );
    const type: ColumnType = { scalar: "I32", list: true, dimension: null };
    const list = columnOf(type, [null, [1], null, null, [2, 3], [], null]);
    expect(list.kind === "list" && [...denseOffsets(list)]).toEqual([0, 0, 1, 1, 1, 3, 3, 3]);
  });

  it("columns that no buffer can hold are refused with a reason, before any allocation", () => {
    const one = columnOf({ ...VECTOR, dimension: 65_536 }, [new Float32Array(65_536)]);
    const many = new Uint32Array(20_000);
    const refusal = (attempt: () => unknown): unknown => {
      try {
        return attempt();
      } catch (error) {
        return isError(error) ? error.reason : error;
      }
    };
    expect(refusal(() => takeColumn(one, many))).toBe("memory_exceeded");
    expect(
      refusal(() => constantColumn({ ...VECTOR, dimension: 65_536 }, new Float32Array(65_536), 20_000)),
    ).toBe("memory_exceeded");
    const large = takeColumn(one, new Uint32Array(4));
    expect(refusal(() => concatColumns(Array.from({ length: 5000 }, () => large)))).toBe("memory_exceeded");
    const text = columnOf({ scalar: "String", list: true, dimension: null }, [["x".repeat(1 << 20)]]);
    expect(refusal(() => takeColumn(text, new Uint32Array(5000)))).toBe("memory_exceeded");
    expect(refusal(() => concatColumns(Array.from({ length: 5000 }, () => text)))).toBe("memory_exceeded");
  });
});

function heldBytes(column: Column): number {
  if (column.kind !== "list" && column.kind !== "vector") throw new Error(column.kind);
  const own = (column.validity?.byteLength ?? 0) + (column.rank?.byteLength ?? 0);
  return column.kind === "vector" ? own + column.values.byteLength : own + column.offsets.byteLength;
}

describe("rank", () => {
  it("rank counts the present rows before each row", () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }).chain(nullPatterns), (nulls) => {
        const bits = new Uint8Array(bitBytes(nulls.length));
        nulls.forEach((isNull, row) => isNull || setBit(bits, row));
        const rank = Rank.of(bits, nulls.length);
        const present = nulls.flatMap((isNull, row) => (isNull ? [] : [row]));
        expect(rank?.count).toBe(present.length);
        for (let row = 0; row <= nulls.length; row++) {
          expect(rank?.before(row)).toBe(present.filter((other) => other < row).length);
        }
        expect([...(rank?.present(0, nulls.length) ?? [])]).toEqual(present);
      }),
    );
  });
});
