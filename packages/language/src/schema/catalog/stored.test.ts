import { readFileSync } from "node:fs";
import { isError, type OmnigraphError, systemEnvironment } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { checkSchema, compileSchema, ulidMint } from "../compile.ts";
import { decodeSchema, encodeSchema } from "./stored.ts";

const TEXT = `node A { x: String @key n: I64? @default(9007199254740993) v: Vector(2)? @default([0.1, -0.0]) @range(n, 0..) }
edge E: A -> A @card(0..1) { w: I32 @colour("red", deep = 1.5) @unique(src, w) }`;

const stored = new TextDecoder().decode(
  encodeSchema(compileSchema({ file: "s.pg", text: TEXT }, ulidMint(systemEnvironment))),
);

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
    const error = refusal(stored.replace('{"format":1', '{"format":2'));
    expect(error.reason).toBe("format_newer");
    expect(error.details).toEqual({ format: 2, supported: 1 });
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

  test("a stored schema keeps the ids that a merge has joined", () => {
    const catalog = decodeSchema(new TextEncoder().encode(stored));
    const [type] = catalog.nodes.values();
    const [edge] = catalog.edges.values();
    if (type === undefined || edge === undefined) expect.fail("the schema has a node and an edge");
    const [alias, other] = [edge.id, edge.properties[0]?.id ?? expect.fail("the edge has a property")];
    const [first, ...rest] = type.properties;
    if (first === undefined) expect.fail("the node has properties");
    const merged = { ...type, aliases: [alias], properties: [{ ...first, aliases: [other] }, ...rest] };
    const again = decodeSchema(
      encodeSchema({ ...catalog, nodes: new Map([["A", merged]]), edges: new Map() }),
    );
    expect(again.typeById.get(alias)?.name).toBe("A");
    expect(again.nodes.get("A")?.propertyById.get(other)?.name).toBe("x");
  });
});
