import { readFileSync } from "node:fs";
import { isError, type OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { checkSchema, compileSchema, ulidMint } from "../compile.ts";
import { planMigration } from "../migrate/plan.ts";
import { decodeSchema, encodeSchema } from "./stored.ts";

const TEXT = `node A { x: String @key n: I64? @default(9007199254740993) v: Vector(2)? @default([0.1, -0.0]) @range(n, 0..) }
edge E: A -> A @card(0..1) { w: I32 @colour("red", deep = 1.5) @unique(src, w) }`;

const stored = new TextDecoder().decode(
  encodeSchema(compileSchema({ file: "s.pg", text: TEXT }, ulidMint(systemEnvironment))),
);

const PLAN = { isPopulated: () => true, allowDataLoss: false };

function refusal(text: string): OmnigraphError {
  try {
    decodeSchema(new TextEncoder().encode(text));
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
  return expect.fail("the text was read");
}

describe("a stored schema", () => {
  test("a stored schema is compact JSON that shows vectors as they were written", () => {
    expect(stored).toContain('"default":[0.1,-0.0]');
    expect(stored).toContain('"default":9007199254740993');
    expect(JSON.parse(stored)).toMatchObject({ format: 1, source: TEXT });
  });

  test("a stored schema of older software opens byte for byte, even with names that new schemas refuse", () => {
    const bytes = readFileSync(
      new URL("../../../../../tests/golden/schemas/edge-ends.json", import.meta.url),
    );
    const catalog = decodeSchema(bytes);
    expect(catalog.edges.get("Leg")?.properties.map(({ name }) => name)).toEqual(["from", "to", "price"]);
    expect(Buffer.compare(encodeSchema(catalog), bytes)).toBe(0);
    const { diagnostics } = checkSchema({ file: "s.pg", text: catalog.source });
    expect(diagnostics.map(({ code }) => code)).toEqual([
      "S-PROPERTY-END",
      "S-PROPERTY-END",
      "S-ANNOTATION-MISSPELT",
    ]);
  });

  test("a stored schema of a newer format is refused as newer", () => {
    const error = refusal(stored.replace('{"format":1', '{"format":3'));
    expect(error.reason).toBe("format_newer");
    expect(error.details).toEqual({ format: 3, supported: 2 });
  });

  test("a schema with an edge key is of format 2, which software without edge keys refuses; every other one of format 1", () => {
    const source = {
      file: "s.pg",
      text: `${TEXT} edge K: A -> A { n: I64 @key(@src, @dst, n) } edge L: A -> A { @key(@dst, @src) }`,
    };
    const bytes = encodeSchema(compileSchema(source, ulidMint(systemEnvironment)));
    const text = new TextDecoder().decode(bytes);
    expect(text.startsWith('{"format":2,')).toBe(true);
    const { edges } = decodeSchema(bytes);
    expect(
      [...edges.values()].map(({ name, key }) => [name, key?.map((property) => property.name) ?? null]),
    ).toEqual([
      ["E", null],
      ["K", ["n"]],
      ["L", []],
    ]);
    expect(refusal(text.replace('{"format":2', '{"format":1')).reason).toBe("object_corrupt");
    expect(refusal(stored.replace('{"format":1', '{"format":2')).reason).toBe("object_corrupt");
  });

  const damaged: readonly (readonly [change: string, text: string, path: string | undefined])[] = [
    ["cut short", stored.slice(0, -1), undefined],
    ["another value", "[]", "schema"],
    ["format 0", stored.replace('"format":1', '"format":0'), "schema.format"],
    ["a missing member", stored.replace('"indexed":false,', ""), "schema.nodes[0].properties[0].indexed"],
    ["a member that is not written", stored.replace('"format":1,', '"format":1,"more":1,'), "schema"],
    ["white space", stored.replace('"format":1', '"format": 1'), "schema"],
    [
      "an unknown scalar",
      stored.replace('"scalar":"I64"', '"scalar":"I65"'),
      "schema.nodes[0].properties[1].type.scalar",
    ],
    [
      "a default of another type",
      stored.replace(":9007199254740993", ":1.5"),
      "schema.nodes[0].properties[1].default",
    ],
    ["an end that is not there", stored.replace(/"from":"[^"]*"/u, '"from":"x"'), "schema.edges[0].from"],
    ["an id that is none", stored.replace(/"id":"[^"]*"/u, '"id":"x"'), "schema.nodes[0].id"],
    [
      "a bound that is none",
      stored.replace('"min":0,"max":null}', '"min":"0","max":null}'),
      "schema.nodes[0].ranges[0].min",
    ],
  ];

  test.each(damaged)("a stored schema with %s is refused with its place", (_, text, path) => {
    expect(text).not.toBe(stored);
    const error = refusal(text);
    expect(error.reason).toBe("object_corrupt");
    expect(error.details["path"]).toBe(path);
  });

  test("a stored schema that is no text is refused", () => {
    expect(() => decodeSchema(Uint8Array.of(0xff, 0xfe))).toThrow(/damaged/u);
  });

  test("a stored schema keeps what rows of earlier schemas hold, and the ids that are retired, in a format of its own", () => {
    const catalog = decodeSchema(new TextEncoder().encode(stored));
    const accepted = { file: "s.pg", text: TEXT.replace("n: I64?", "m: I32? n: I64?") };
    const { catalog: dropped } = planMigration(catalog, accepted, PLAN);
    const filled = {
      file: "s.pg",
      text: `${TEXT.replace("w: I32", "w: I64")}`.replace("x: String", "o: I32 @default(7) x: String"),
    };
    const { catalog: next } = planMigration(dropped, filled, PLAN);
    const bytes = encodeSchema(next);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ format: 2 });
    const again = decodeSchema(bytes);
    expect(again.nodes.get("A")?.propertyByName.get("o")?.fill).toBe(7);
    expect(again.edges.get("E")?.propertyByName.get("w")?.widened).toBe(true);
    expect(again.retired).toEqual([dropped.nodes.get("A")?.propertyByName.get("m")?.id]);
    expect(again.hash).toBe(next.hash);
  });
});
