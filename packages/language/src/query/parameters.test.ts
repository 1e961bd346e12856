import { isError, parseJson } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import type { ValueType } from "../types/value-types.ts";
import type { Parameter } from "./ir/typed-query.ts";
import { bindParameters } from "./parameters.ts";

function type(scalar: ValueType["scalar"], more: Partial<ValueType> = {}): ValueType {
  return { scalar, list: false, nullable: false, dimension: null, enumValues: null, ...more };
}

/** Binds `$p` of a type to a JSON text, through the reader that the callers use. */
function bind(valueType: ValueType, json: string): unknown {
  const parameters: readonly Parameter[] = [{ name: "p", type: valueType }];
  const given = parseJson(`{"p": ${json}}`);
  return bindParameters(parameters, given as Readonly<Record<string, unknown>>)["p"];
}

function refusal(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return isError(error, "parameter_invalid") ? error.details : error;
  }
}

describe("values that fit", () => {
  test.each([
    [type("I32"), "94", 94],
    [type("I32"), '"94"', 94],
    [type("I32"), "94.0", 94],
    [type("I32"), "-2147483648", -2147483648],
    [type("I64"), "9007199254740993", 9007199254740993n],
    [type("I64"), '"9007199254740993"', 9007199254740993n],
    [type("I64"), '"-9223372036854775808"', -9223372036854775808n],
    [type("I64"), "-5", -5],
    [type("U64"), '"18446744073709551615"', 18446744073709551615n],
    [type("U32"), "4294967295", 4294967295],
    [type("F64"), "1", 1],
    [type("F64"), "1.7", 1.7],
    [type("F32"), "0.1", Math.fround(0.1)],
    [type("Bool"), "true", true],
    [type("String"), '"x"', "x"],
    [type("Blob"), '"base64:aGk="', "base64:aGk="],
    [type("Date"), '"1962-07-14"', -2728],
    [type("DateTime"), '"1970-01-02"', 86_400_000],
    [type("DateTime"), '"1970-01-01T02:00:00+02:00"', 0],
    [type("String", { list: true }), '["a", "b"]', ["a", "b"]],
    [type("I64", { list: true }), '["9007199254740993", 1]', [9007199254740993n, 1]],
    [type("F32", { dimension: 2 }), "[1, 0.5]", Float32Array.from([1, 0.5])],
    [type("String", { enumValues: ["a", "b"] }), '"b"', "b"],
    [type("String", { nullable: true }), "null", null],
  ])("a value fits: %j from %s", (valueType, json, expected) => {
    expect(bind(valueType, json)).toEqual(expected);
  });

  test("an optional parameter that is left out is null, and undeclared names are ignored", () => {
    const parameters = [{ name: "p", type: type("I32", { nullable: true }) }];
    expect(bindParameters(parameters, { extra: 1 })).toEqual({ p: null });
  });

  test("a parameter may be named like a member of every object", () => {
    const parameters = [
      { name: "__proto__", type: type("I32") },
      { name: "constructor", type: type("I32", { nullable: true }) },
    ];
    const values = bindParameters(
      parameters,
      parseJson('{"__proto__": 7}') as Readonly<Record<string, unknown>>,
    );
    expect(Object.entries(values)).toEqual([
      ["__proto__", 7],
      ["constructor", null],
    ]);
  });
});

describe("a Date of JavaScript", () => {
  const day = new Date("2026-02-03T00:00:00Z");
  const moment = new Date("2026-02-03T04:05:06.789Z");
  const bound = (valueType: ValueType, given: unknown): unknown =>
    bindParameters([{ name: "p", type: valueType }], { p: given })["p"];

  test("a JavaScript Date is a DateTime, and a Date where it is midnight UTC, in lists too", () => {
    expect(bound(type("DateTime"), moment)).toBe(moment.getTime());
    expect(bound(type("DateTime"), day)).toBe(day.getTime());
    expect(bound(type("Date"), day)).toBe(day.getTime() / 86_400_000);
    expect(bound(type("Date", { list: true }), [day, "2026-02-04"])).toEqual([20487, 20488]);
    expect(bound(type("DateTime", { list: true }), [moment, day])).toEqual([moment.getTime(), day.getTime()]);
    expect(bound(type("DateTime"), new Date("0000-01-01T00:00:00Z"))).toBe(-62_167_219_200_000);
  });

  test.each([
    ["a Date that is no midnight", type("Date"), moment, "is not midnight UTC"],
    ["one that is no time", type("DateTime"), new Date(Number.NaN), "is a Date that is no time"],
    [
      "one that is no time, in a list",
      type("Date", { list: true }),
      [day, new Date("x")],
      "item 2 is a Date",
    ],
    ["one beyond the year 9999", type("DateTime"), new Date(8.64e15), "not an ISO 8601"],
    ["one for text", type("String"), day, "is a Date; give a string"],
    ["one for a number", type("I64"), day, "is a Date; give an integer"],
  ])("a JavaScript Date as %s is refused", (_name, valueType, given, problem) => {
    expect(refusal(() => bound(valueType, given))).toMatchObject({
      parameters: [{ parameter: "p", problem: expect.stringContaining(problem) }],
    });
  });
});

describe("values that do not fit", () => {
  test.each([
    [type("I32"), "94.5", "no integer"],
    [type("I32"), "3000000000", "out of range"],
    [type("I32"), "true", "is a boolean"],
    [type("I32"), '"1e3"', "no decimal integer"],
    [type("I32"), '""', "no decimal integer"],
    [type("I64"), "9223372036854775808", "out of range"],
    [type("I64"), "1e300", "too large to be exact"],
    [type("U32"), "-1", "out of range"],
    [type("F64"), '"1.7"', "is a string"],
    [type("F32"), "1e300", "does not fit"],
    [type("Bool"), '"true"', "is a string"],
    [type("String"), "7", "is a number"],
    [type("String"), "null", "not optional"],
    [type("String"), "{}", "is an object"],
    [type("Date"), '"1962-13-01"', "calendar date"],
    [type("Date"), '"not a date"', "calendar date"],
    [type("Date"), "0", "is a number"],
    [type("DateTime"), '"yesterday"', "ISO 8601"],
    [type("String", { list: true }), '"a"', "give an array"],
    [type("String", { list: true }), '["a", null]', "item 2 is null"],
    [type("I32", { list: true }), '[1, "x"]', "item 2"],
    [type("F32", { dimension: 4 }), "[1, 2, 3]", "does not fit"],
    [type("F32", { dimension: 4 }), '"text"', "give an array"],
    [type("String", { enumValues: ["a", "b"] }), '"c"', "does not fit"],
  ])("a value does not fit: %j from %s: %s", (valueType, json, problem) => {
    expect(refusal(() => bind(valueType, json))).toMatchObject({
      parameters: [{ parameter: "p", problem: expect.stringContaining(problem) }],
    });
  });

  test("every problem is reported at once", () => {
    const parameters = ["a", "b", "c"].map((name) => ({ name, type: type("I32") }));
    expect(refusal(() => bindParameters(parameters, { b: 1, c: "x" }))).toMatchObject({
      parameters: [
        { parameter: "a", type: "I32", problem: "is missing; give it a value" },
        { parameter: "c", type: "I32" },
      ],
    });
  });
});
