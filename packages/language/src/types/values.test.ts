import type { Value } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { formatType, type ScalarName, type ValueType } from "./value-types.ts";
import { canonicalKeyText, fitsType } from "./values.ts";

function type(scalar: ScalarName, more: Partial<ValueType> = {}): ValueType {
  return { scalar, list: false, nullable: false, dimension: null, enumValues: null, ...more };
}

describe("a value fits its type", () => {
  const fitting: readonly (readonly [Value, ValueType])[] = [
    ["", type("String")],
    ["sci-fi", type("String", { enumValues: ["a", "sci-fi"] })],
    ["base64:", type("Blob")],
    [false, type("Bool")],
    [-2147483648, type("I32")],
    [4294967295, type("U32")],
    [-9223372036854775808n, type("I64")],
    [9223372036854775807n, type("I64")],
    [18446744073709551615n, type("U64")],
    [0.1, type("F32")],
    [-0, type("F64")],
    [-719528, type("Date")],
    [253402300799999, type("DateTime")],
    [[], type("I32", { list: true })],
    [["a", ""], type("String", { list: true })],
    [Float32Array.of(1, 2), type("F32", { dimension: 2 })],
    [null, type("F32", { dimension: 2, nullable: true })],
    [null, type("I32", { list: true, nullable: true })],
  ];

  test.each(fitting)("the value fits: %o", (value, valueType) => {
    expect(fitsType(value, valueType)).toBeNull();
  });

  const misfits: readonly (readonly [Value, ValueType, problem: RegExp])[] = [
    [null, type("String"), /null given for String/u],
    [1, type("String"), /1 is no String/u],
    ["western", type("String", { enumValues: ["a", "b"] }), /"western" is none of a, b/u],
    ["\ud800", type("String"), /well-formed/u],
    ["yes", type("Bool"), /"yes" is no Bool/u],
    [2147483648, type("I32"), /2147483648 is out of range for I32/u],
    [-1, type("U32"), /out of range for U32: 0 to 4294967295/u],
    [1.5, type("I64"), /1.5 is no I64/u],
    ["5", type("I64"), /is no I64/u],
    [9223372036854775808n, type("I64"), /out of range/u],
    [2 ** 60, type("U64"), /not exact/u],
    [18446744073709551616n, type("U64"), /out of range/u],
    [Number.NaN, type("F64"), /no finite number/u],
    [1n, type("F64"), /1 is no F64/u],
    [1e39, type("F32"), /out of range for F32/u],
    [2932897, type("Date"), /years 0000 to 9999/u],
    [
      0.5,
      type("DateTime"),
      /no DateTime: write it as "2026-01-31T12:00:00Z" .* or as a number of milliseconds/u,
    ],
    ["1970-01-01", type("Date"), /no Date: write it as "2026-01-31", or as a number of days/u],
    ["sea", type("String", { list: true }), /"sea" is no \[String\]/u],
    [["a", null], type("String", { list: true }), /item 2: a list holds no null/u],
    [[1, "a"], type("I32", { list: true }), /item 2: "a" is no I32/u],
    [[1, 2], type("F32", { dimension: 2 }), /a list is no Vector\(2\)/u],
    [Float32Array.of(1), type("F32", { dimension: 2 }), /a vector of 1 numbers is no Vector\(2\)/u],
    [Float32Array.of(1, Infinity), type("F32", { dimension: 2 }), /finite/u],
  ];

  test.each(misfits)("the value does not fit: %o", (value, valueType, problem) => {
    expect(fitsType(value, valueType)).toMatch(problem);
  });
});

describe("the canonical text of a key", () => {
  const alone: readonly (readonly [Value, ScalarName, string])[] = [
    ["", "String", ""],
    ['a "b"', "String", 'a "b"'],
    [true, "Bool", "true"],
    [-7, "I32", "-7"],
    [9223372036854775807n, "I64", "9223372036854775807"],
    [19782, "Date", "19782"],
    [-1, "DateTime", "-1"],
    [0.1, "F64", "0.1"],
    [Math.fround(0.1), "F32", "0.1"],
    [-0, "F64", "0"],
    [-0, "F32", "0"],
    [1e21, "F64", "1e+21"],
  ];

  test.each(alone)("the canonical text is defined: %o", (value, scalar, text) => {
    expect(canonicalKeyText([value], [type(scalar)])).toBe(text);
  });

  test("the canonical text of several values is a JSON array of texts", () => {
    expect(canonicalKeyText(["NB", 7], [type("String"), type("I64")])).toBe('["NB","7"]');
    expect(canonicalKeyText(['"', true], [type("String"), type("Bool")])).toBe('["\\"","true"]');
  });

  test("a value without a canonical text is a fault of the software", () => {
    expect(() => canonicalKeyText([null], [type("String")])).toThrow(/no canonical text/u);
    expect(() => canonicalKeyText([Number.NaN], [type("F64")])).toThrow(/no canonical text/u);
  });
});

test("types are shown as the languages write them", () => {
  expect(
    [
      type("I32", { list: true, nullable: true }),
      type("F32", { dimension: 4 }),
      type("String", { enumValues: ["a", "b"], nullable: true }),
    ].map(formatType),
  ).toEqual(["[I32]?", "Vector(4)", "enum(a, b)?"]);
});
