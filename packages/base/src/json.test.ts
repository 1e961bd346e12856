import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isError } from "./errors/error.ts";
import { type JsonValue, parseJson, writeJson } from "./json.ts";

const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
    fc.string({ unit: "binary" }),
    fc.array(tie("value")),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value")),
  ),
})).value;

/** Doubles beyond 2^53 that are whole are read as the integers that their digits say. */
function asRead(given: JsonValue): JsonValue {
  if (typeof given === "number") {
    return /^-?\d+$/u.test(String(given)) && !Number.isSafeInteger(given) ? BigInt(String(given)) : given;
  }
  if (Array.isArray(given)) return given.map(asRead);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([name, member]) => [name, asRead(member)]));
}

describe("JSON", () => {
  test("JSON that was written reads back exactly, on one line or several", () => {
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (given, indent) => {
        expect(parseJson(writeJson(given, indent))).toEqual(asRead(given));
      }),
      { numRuns: 1000 },
    );
  });

  test("JSON is read as JSON.parse reads it, where that is exact", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        const safe = JSON.stringify(parseJson(text), (_, member: unknown) =>
          typeof member === "bigint" ? Number(member) : member,
        );
        expect(safe).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });

  test("JSON is indented as JSON.stringify indents it", () => {
    const sample = { a: [1, { b: [] }, []], c: {}, d: "é\n", e: null };
    expect(writeJson(sample, 2)).toBe(JSON.stringify(sample, null, 2));
    expect(writeJson(sample)).toBe(JSON.stringify(sample));
  });

  test("numbers are written with all their digits and no more", () => {
    const written = writeJson([
      9223372036854775807n,
      0.1,
      -0,
      1e21,
      Float32Array.of(0.1, 0.25, 16777216, 3.4e38),
    ]);
    expect(written).toBe("[9223372036854775807,0.1,-0.0,1e+21,[0.1,0.25,16777216,3.4e+38]]");
  });

  test("undefined members are left out, and toJSON is honoured", () => {
    expect(writeJson({ a: undefined, b: { toJSON: () => [1] } })).toBe('{"b":[1]}');
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, undefined]) {
      expect(() => writeJson(wrong)).toThrow(/cannot be written as JSON/u);
    }
  });

  const refused: readonly (readonly [text: string, line: number, column: number, problem: RegExp])[] = [
    ["", 1, 1, /the end stands where a value/u],
    ['{"é":1, "é":2}', 1, 9, /"é" is given twice/u],
    ['{"a":1,\n "🙂":NaN}', 2, 6, /"NaN" stands where a value/u],
    ["[1,]", 1, 4, /where a value/u],
    ["[1 2]", 1, 4, /where "," or "\]"/u],
    ['{"a" 1}', 1, 6, /where ":"/u],
    ["{a:1}", 1, 2, /where a member's name/u],
    ['{"a":1,}', 1, 8, /where a member's name/u],
    ["01", 1, 2, /after the end/u],
    ["+1", 1, 1, /where a value/u],
    ["1e999", 1, 1, /larger than any number/u],
    ["[-]", 1, 2, /where a value/u],
    ["tru", 1, 1, /where a value/u],
    ['"a', 1, 1, /no end/u],
    ['"\\x"', 1, 2, /no escape/u],
    ['"\\u12g4"', 1, 2, /no escape/u],
    ['"\t"', 1, 2, /control character/u],
    ["null null", 1, 6, /after the end/u],
    ["[".repeat(65), 1, 65, /nested deeper than 64/u],
    ["[".repeat(1 << 20), 1, 65, /nested deeper than 64/u],
  ];

  test.each(refused)("%j is refused with its place", (text, line, column, problem) => {
    let thrown: unknown;
    try {
      parseJson(text);
    } catch (error) {
      thrown = error;
    }
    if (!isError(thrown, "json_invalid")) expect.fail("no json_invalid");
    expect(thrown.message).toMatch(problem);
    expect(thrown.details).toEqual({ line, column });
  });
});
