import { type Column, columnOf } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonBytes } from "./json-bytes.ts";

function written(column: Column, rows: number): readonly string[] {
  const out = new JsonBytes();
  return Array.from({ length: rows }, (_, row) => {
    out.cell(column, row);
    return Buffer.from(out.take()).toString("utf8");
  });
}

const scalar = (name: "F64" | "F32" | "I64" | "String") => ({ scalar: name, list: false, dimension: null });
const decimal = fc
  .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, scale]) => digits / 10 ** scale);

describe("values as JSON bytes", () => {
  it("numbers have their shortest text, and read back the same", () => {
    const doubles = fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(doubles, { minLength: 1 }), (values) => {
        const texts = written(columnOf(scalar("F64"), values), values.length);
        expect(texts).toEqual(values.map((value) => (Object.is(value, -0) ? "-0.0" : String(value))));
      }),
      { numRuns: 500 },
    );
  });

  it("texts are what JSON.stringify writes, for everything that has a UTF-8 form", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (values) => {
        const texts = written(columnOf(scalar("String"), values), values.length);
        expect(texts).toEqual(values.map((value) => JSON.stringify(value)));
      }),
    );
  });

  it("integers keep all their digits", () => {
    const values = [
      0,
      -7,
      9007199254740993n,
      -9223372036854775808n,
      9223372036854775807n,
      10,
      999999999999999,
    ];
    expect(written(columnOf(scalar("I64"), values), values.length)).toEqual(values.map(String));
  });

  it("single floats are written with the digits of single floats", () => {
    expect(written(columnOf(scalar("F32"), [Math.fround(0.1), -2.5, Math.fround(1e-20)]), 3)).toEqual([
      "0.1",
      "-2.5",
      "1e-20",
    ]);
  });
});
