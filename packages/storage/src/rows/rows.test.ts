import { present, type Value } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { typedValues, valuesOf } from "../../../../tests/support/generators/columns.ts";
import { isNull, numberAt, textAt, textBytesAt, valueAt } from "./access.ts";
import { appendFrom, columnBuilder, columnOf, idColumn } from "./builder.ts";
import type { Column, ColumnType } from "./column.ts";
import { concat, concatColumns } from "./concat.ts";
import { plainText } from "./dictionary.ts";
import { compareAt, equalAt } from "./order.ts";
import {
  compactDictionary,
  constantColumn,
  emptyBatch,
  slice,
  sliceColumn,
  take,
  takeColumn,
} from "./select.ts";
import { TextBuilder } from "./scalar-builders.ts";

const STRING: ColumnType = { scalar: "String", list: false, dimension: null };

describe("builders", () => {
  it("builders give back every value of every type", () => {
    fc.assert(
      fc.property(typedValues(), ({ type, values }) => {
        const column = columnOf(type, values);
        expect(valuesOf(column)).toStrictEqual(values);
        expect(values.map((_, i) => isNull(column, i))).toEqual(values.map((value) => value === null));
      }),
      { numRuns: 200 },
    );
  });

  it("builders copy rows of another column", () => {
    fc.assert(
      fc.property(typedValues(), ({ type, values }) => {
        const column = columnOf(type, values);
        const builder = columnBuilder(type);
        for (let i = values.length - 1; i >= 0; i--) appendFrom(builder, column, i);
        expect(valuesOf(builder.finish())).toStrictEqual(values.toReversed());
      }),
    );
  });

  it("builders take text from bytes and from strings", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const bytes = new TextBuilder(0);
        for (const text of texts) {
          const encoded = Buffer.from(`<${text}>`);
          bytes.appendBytes(encoded, 1, encoded.length - 1);
        }
        const column = bytes.finishText();
        expect(texts.map((_, i) => textAt(column, i))).toEqual(texts);
        expect(texts.map((_, i) => Buffer.from(textBytesAt(column, i)).toString())).toEqual(texts);
        expect(idColumn(texts)).toEqual(column);
      }),
    );
  });

  it("text is dictionary-encoded where few values repeat, and only there", () => {
    const few = columnOf(
      STRING,
      Array.from({ length: 1000 }, (_, i) => ["red", "green", null][i % 3] ?? null),
    );
    expect(few.kind).toBe("dictionary");
    const many = columnOf(
      STRING,
      Array.from({ length: 1000 }, (_, i) => `id ${i}`),
    );
    expect(many.kind).toBe("text");
    const halves = columnOf(
      STRING,
      Array.from({ length: 4000 }, (_, i) => (i % 8 === 0 ? "same" : `id ${i}`)),
    );
    expect(halves.kind).toBe("text");
  });

  it("builders keep minus zero and unsafe integers", () => {
    expect(Object.is(valueAt(columnOf({ scalar: "F64", list: false, dimension: null }, [-0]), 0), -0)).toBe(
      true,
    );
    const u64 = columnOf({ scalar: "U64", list: false, dimension: null }, [2n ** 64n - 1n, 5]);
    expect(valuesOf(u64)).toEqual([2n ** 64n - 1n, 5]);
    expect(numberAt(u64, 1)).toBe(5);
    expect(numberAt(columnOf(STRING, ["5"]), 0)).toBeNaN();
  });
});

describe("selection", () => {
  it("take and slice work as on an array", () => {
    fc.assert(
      fc.property(
        typedValues(),
        fc.array(fc.nat(), { maxLength: 50 }),
        fc.nat(),
        fc.nat(),
        ({ type, values }, picks, a, b) => {
          const column = columnOf(type, values);
          const rows = values.length === 0 ? [] : picks.map((pick) => pick % values.length);
          expect(valuesOf(takeColumn(column, rows))).toStrictEqual(rows.map((row) => values[row]));
          const [start = 0, end = 0] = [a % (values.length + 1), b % (values.length + 1)].toSorted(
            (x, y) => x - y,
          );
          const part = sliceColumn(column, start, end);
          expect(valuesOf(part)).toStrictEqual(values.slice(start, end));
          expect(
            valuesOf(
              takeColumn(
                part,
                Array.from({ length: part.length }, (_, i) => i),
              ),
            ),
          ).toStrictEqual(values.slice(start, end));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("slices concatenate to the whole", () => {
    fc.assert(
      fc.property(typedValues(), fc.array(fc.nat(), { maxLength: 4 }), ({ type, values }, cuts) => {
        const column = columnOf(type, values);
        const ends = [...cuts.map((cut) => cut % (values.length + 1)), values.length].toSorted(
          (x, y) => x - y,
        );
        const parts = ends.map((end, k) => {
          const part = sliceColumn(column, ends[k - 1] ?? 0, end);
          return k % 2 === 1 && part.kind === "dictionary" ? compactDictionary(part) : part;
        });
        expect(valuesOf(concatColumns(parts))).toStrictEqual(values);
        const mixed = parts.map((part, k) =>
          k % 2 === 1 && part.kind === "dictionary" ? plainText(part) : part,
        );
        expect(valuesOf(concatColumns(mixed))).toStrictEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it("the rows of a batch that lacks a column get the default", () => {
    const specOf = () => ({ type: STRING, fill: "dflt" });
    const a = { length: 2, columns: new Map([["id", idColumn(["x", "y"])] as const]) };
    const b = {
      length: 1,
      columns: new Map([["id", idColumn(["z"])] as const, ["src", idColumn(["s"])] as const]),
    };
    const both = concat([a, b, emptyBatch(["dst"], () => STRING)], specOf);
    expect(both.length).toBe(3);
    expect(valuesOf(present(both.columns.get("id"), "id"))).toEqual(["x", "y", "z"]);
    expect(valuesOf(present(both.columns.get("src"), "src"))).toEqual(["dflt", "dflt", "s"]);
    expect(both.columns.get("dst")?.length).toBe(3);
    expect(valuesOf(present(take(slice(both, 1, 3), [1, 0]).columns.get("id"), "id"))).toEqual(["z", "y"]);
    expect(concat([], specOf)).toEqual({ length: 0, columns: new Map() });
  });

  it("a constant column repeats one value", () => {
    fc.assert(
      fc.property(typedValues(), fc.nat({ max: 70 }), ({ type, values }, length) => {
        const value = values[0] ?? null;
        expect(valuesOf(constantColumn(type, value, length))).toStrictEqual(
          Array.from({ length }, () => value),
        );
      }),
    );
  });
});

describe("order", () => {
  const column = (scalar: ColumnType["scalar"], ...values: readonly Value[]): Column =>
    columnOf({ scalar, list: false, dimension: null }, values);

  it("the order is exact across signed, unsigned and floating-point numbers", () => {
    const unsigned = column("U64", 2n ** 63n, 2n ** 53n + 1n, 7);
    const signed = column("I64", -1, 2n ** 53n + 1n, 2n ** 63n - 1n);
    const floats = column("F64", 2 ** 53, 2 ** 63, 7, -0);
    expect(compareAt(unsigned, 0, signed, 0)).toBeGreaterThan(0);
    expect(compareAt(unsigned, 0, signed, 2)).toBeGreaterThan(0);
    expect(equalAt(unsigned, 1, signed, 1)).toBe(true);
    expect(compareAt(signed, 1, floats, 0)).toBeGreaterThan(0);
    expect(compareAt(floats, 1, signed, 2)).toBeGreaterThan(0);
    expect(equalAt(unsigned, 0, floats, 1)).toBe(true);
    expect(equalAt(unsigned, 2, floats, 2)).toBe(true);
    expect(equalAt(floats, 3, column("I32", 0), 0)).toBe(true);
  });

  it("NaN is greater than all numbers, and equal to itself alone", () => {
    const floats = column("F64", NaN, Infinity, 1, null);
    for (const type of [false, true].map((list) => ({ scalar: "F64", list, dimension: null }) as const)) {
      const a = type.list ? columnOf(type, [[NaN], [Infinity], [1], null]) : floats;
      expect([1, 2, 3].map((row) => compareAt(a, 0, a, row))).toEqual([1, 1, 1]);
      expect([1, 2, 3].map((row) => compareAt(a, row, a, 0))).toEqual([-1, -1, -1]);
      expect(equalAt(a, 0, a, 0)).toBe(true);
    }
    expect(compareAt(floats, 0, column("U64", 2n ** 64n - 1n), 0)).toBe(1);
    const vectors = columnOf({ scalar: "F32", list: false, dimension: 2 }, [
      Float32Array.of(NaN, 0),
      Float32Array.of(1, 0),
    ]);
    expect(equalAt(vectors, 0, vectors, 1)).toBe(false);
  });

  it("null comes first, texts are ordered by UTF-8 bytes, false comes before true, shorter lists before longer ones", () => {
    const texts = column("String", null, "", "a", "z", "é", "\uffff", "😀");
    for (let i = 1; i < texts.length; i++) expect(compareAt(texts, i - 1, texts, i)).toBe(-1);
    expect(equalAt(texts, 0, column("String", null), 0)).toBe(true);
    expect(compareAt(column("Bool", false), 0, column("Bool", true), 0)).toBe(-1);
    const lists = columnOf({ scalar: "I32", list: true, dimension: null }, [[], [1], [1, 2], [2]]);
    for (let i = 1; i < lists.length; i++) expect(compareAt(lists, i - 1, lists, i)).toBe(-1);
  });

  it("the order is total, and a value equals its copies", () => {
    fc.assert(
      fc.property(typedValues(), ({ type, values }) => {
        const a = columnOf(type, values);
        const b = takeColumn(
          a,
          Array.from({ length: values.length }, (_, i) => values.length - 1 - i),
        );
        for (let i = 0; i < values.length; i++) {
          const j = (i * 7 + 3) % values.length;
          expect(equalAt(a, i, b, values.length - 1 - i)).toBe(true);
          expect(compareAt(a, i, a, j) + compareAt(a, j, a, i)).toBe(0);
        }
      }),
    );
  });
});
