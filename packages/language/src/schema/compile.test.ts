import { isUlid, present } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import type { Catalog, NodeType, PropertyId, TypeId } from "./catalog/catalog.ts";
import { checkSchema, compileSchema, type Mint, ulidMint } from "./compile.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";
import { encodeSchema } from "./catalog/stored.ts";

/** Mints `T0`, `P1`, … in the order asked, and keeps what for. */
function countingMint(): Mint & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const next = (what: string): string => `${what}${String(asked.length).padStart(3, "0")}`;
  return {
    asked,
    typeId: (kind, name) => {
      const id = next("T") as TypeId;
      asked.push(`${kind} ${name}`);
      return id;
    },
    propertyId: (_, name) => {
      const id = next("P") as PropertyId;
      asked.push(name);
      return id;
    },
  };
}

function compile(text: string, mint: Mint = countingMint()): Catalog {
  return compileSchema({ file: "s.pg", text }, mint);
}

function node(catalog: Catalog, name: string): NodeType {
  return present(catalog.nodes.get(name), name);
}

/** What other implementations of the language take and leave, one construct each. */
const ACCEPTED: readonly string[] = [
  "",
  "// only a comment",
  "node A { x: String @key } edge E: A -> A @card(1..)",
  "node A { v: Vector(3)? }",
  "node A { x: [I32]? }",
  "node A { b: Blob? }",
  "interface Named { name: String } node A implements Named { x: String @key }",
  "interface P { a: String } interface Q { b: I32? } node A implements P, Q { x: String @key }",
  'node A { x: String @key v: Vector(3) @embed("x", model="openai/text-embedding-3-large") }',
  'node A @color("red") { x: String @key @pii }',
  "node A { x: String @key } edge A: A -> A",
  "node A { x: String @key } edge E: A -> A { @unique(src, dst) }",
  "// a\n/* b */ node /* c */ A { // d\n x: String @key }",
  "node A { x: String @key n: I32 @default(3) }",
  "edge E: A -> A node A {}",
  "node Node {}",
  "node A { node: I32 edge: I32 interface: I32 implements: I32 enum: enum(enum, 9-b) vector: Vector(1) }",
  "node A { x: I32 @range(x, 0..) y: I32 @range(y, ..10) z: F64 @range(z, -1.5..2.5) w: U64 @range(w, ..) }",
  'edge E: A -> A @rename_from("Old") @card(0..1) { @index(src) } node A { x: String @unique @unique(x) }',
  "node A { x: I32 @key(x) }",
];

describe("a schema", () => {
  test.each(ACCEPTED)("a schema may have %s", (text) => {
    const { diagnostics, catalog } = checkSchema({ file: "s.pg", text });
    expect(diagnostics).toEqual([]);
    expect(catalog?.source).toBe(text);
  });

  test("ids are made in the order of declaration, for a type before its properties, with interfaces expanded", () => {
    const mint = countingMint();
    compile(
      "edge E: B -> A { w: I32 } interface I { i: I32 } node B implements I { b: I32 } node A { a: I32 }",
      mint,
    );
    expect(mint.asked).toEqual(["edge E", "w", "node B", "i", "b", "node A", "a"]);
  });

  test("ULIDs grow while the clock stands still", () => {
    const clock = { nowMicros: () => 1_000, monotonicMs: () => 0, sleep: () => Promise.resolve() };
    const mint = ulidMint({ clock, random: new SeededRandom(1) });
    const ids = Array.from({ length: 100 }, () => mint.typeId("node", "A"));
    expect(ids.every(isUlid)).toBe(true);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
  });

  test("a key is ordered by the ids of its properties", () => {
    const catalog = compile("node A { b: String a: I32 @key(a, b) }");
    expect(node(catalog, "A").key?.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(node(compile("node A { b: String }"), "A").key).toBeNull();
  });

  test("interfaces are expanded before own properties, repetitions are allowed, and implementing types are known", () => {
    const catalog = compile(
      "interface I { i: String @index  r: I32 } interface J { j: Bool? } node A implements I, J { a: I32 r: I32 @unique }",
    );
    const type = node(catalog, "A");
    expect(type.properties.map(({ name }) => name)).toEqual(["i", "j", "a", "r"]);
    expect(type.propertyByName.get("i")?.indexed).toBe(true);
    expect(type.implements).toEqual(["I", "J"]);
    expect(type.uniques).toEqual([{ members: [type.propertyByName.get("r")?.id] }]);
    expect(catalog.interfaces.get("I")).toMatchObject({ properties: [{ name: "i" }, { name: "r" }] });
    expect(catalog.interfaces.get("J")?.implementors).toEqual([type]);
  });

  test("every property has its type", () => {
    const { properties } = node(
      compile("node A { a: String b: [I64]? c: enum(x, sci-fi)? d: Vector(8) e: DateTime? }"),
      "A",
    );
    const plain = { list: false, nullable: false, dimension: null, enumValues: null };
    expect(properties.map(({ type }) => type)).toEqual([
      { ...plain, scalar: "String" },
      { ...plain, scalar: "I64", list: true, nullable: true },
      { ...plain, scalar: "String", nullable: true, enumValues: ["x", "sci-fi"] },
      { ...plain, scalar: "F32", dimension: 8 },
      { ...plain, scalar: "DateTime", nullable: true },
    ]);
  });

  test("defaults are values of their types", () => {
    const { properties } = node(
      compile(`node A {
        a: I64 @default(-9007199254740993)  b: F32 @default(0.1)  c: Date @default("1970-01-02")
        d: DateTime @default(datetime("1970-01-01T00:00:01Z"))  e: enum(x, y) @default(y)
        f: [String] @default(["p", "q"])  g: Vector(2) @default([1, 0.5])  h: F64 @default(2)  i: Bool @default(true)  j: I32
      }`),
      "A",
    );
    expect(properties.map((property) => property.default)).toEqual([
      -9007199254740993n,
      Math.fround(0.1),
      1,
      1000,
      "y",
      ["p", "q"],
      Float32Array.of(1, 0.5),
      2,
      true,
      undefined,
    ]);
  });

  test("constraints, annotations and embeddings are kept", () => {
    const catalog = compile(`
      node A @team("x", size = 3) { n: I64 s: String t: String? v: Vector(2) @embed("s", model = "m") @index
        @range(n, ..9007199254740993) @check(s, "^a") @unique(t, n) @unique(n, t) @index(s, t) }
      edge Knows: A -> A @card(1..2) { w: I32 @unique(src, w) }`);
    const type = node(catalog, "A");
    const id = (name: string): PropertyId => present(type.propertyByName.get(name), name).id;
    expect(type.ranges).toEqual([{ property: id("n"), min: null, max: 9007199254740993n }]);
    expect(type.checks).toEqual([{ property: id("s"), pattern: "^a" }]);
    expect(type.uniques).toEqual([{ members: [id("t"), id("n")] }]);
    expect(type.properties.map(({ indexed }) => indexed)).toEqual([false, true, true, true]);
    expect(type.propertyByName.get("v")?.embed).toEqual({ source: id("s"), model: "m" });
    expect(type.annotations).toEqual([{ name: "team", value: "x", named: { size: 3 } }]);
    expect(type.propertyByName.get("v")?.annotations).toEqual([
      { name: "embed", value: "s", named: { model: "m" } },
      { name: "index", value: undefined, named: {} },
    ]);
    const edge = present(catalog.edgeByLowerName.get("knows"), "knows");
    expect(edge).toMatchObject({ name: "Knows", cardinality: { min: 1, max: 2 } });
    expect(edge.from).toBe(type);
    expect(edge.uniques).toEqual([{ members: ["src", edge.properties[0]?.id] }]);
    expect(catalog.typeById.get(edge.id)).toBe(edge);
  });

  test("the hash of a schema depends on its source and its ids", () => {
    const text = "node A { x: I32 }";
    expect(compile(text).hash).toBe(compile(text).hash);
    expect(compile(text).hash).toMatch(/^[0-9a-f]{64}$/u);
    expect(compile(`${text} `).hash).not.toBe(compile(text).hash);
    const mint = countingMint();
    mint.typeId("node", "before");
    expect(compile(text, mint).hash).not.toBe(compile(text).hash);
    expect(encodeSchema(compile(text))).toEqual(encodeSchema(compile(text)));
  });
});
