import { isError, LIMITS, systemEnvironment } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { SCHEMA_CODES, type SchemaCode } from "./codes.ts";
import { checkSchema, compileSchema, ulidMint } from "../compile.ts";

/** A source in which `«…»` marks the place of the one finding. */
type Provocation = readonly [code: SchemaCode, marked: string];

const A = "node A { x: String @key }";

const PROVOKED: readonly Provocation[] = [
  ["S000", "node «{» x: String }"],
  ["S000", "node A { x: String"],
  ["S000", "node A { x: String «,» y: I32 }"],
  ["S000", 'node A { x: String @colour(«"»\\q") }'],
  ["S000", 'node A { x: String @colour(«"»red) }'],
  ["S000", "node A { x: String } «/*» for ever"],
  ["S000", "node A { x: String @key(«)» }"],
  ["S000", `${A} edge E: A «>» A`],
  ["S000", "node A { x: I32 @range(x, 1«)» }"],
  ["S-TYPE-NAME", "node «person» { x: String }"],
  ["S-TYPE-NAME", "interface «_named» { x: String }"],
  ["S-TYPE-NAME", `${A} edge «knows»: A -> A`],
  ["S-TYPE-TWICE", "node A { x: String } node «A» { y: String }"],
  ["S-TYPE-TWICE", "interface A { x: String } node «A» { y: String }"],
  ["S-TYPE-TWICE", "interface A { x: String } interface «A» { y: String }"],
  ["S-EDGE-TWICE", `${A} edge Knows: A -> A edge «KNOWS»: A -> A`],
  ["S-ENDPOINT-UNKNOWN", `${A} edge E: A -> «B»`],
  ["S-ENDPOINT-UNKNOWN", `${A} interface I { y: I32 } edge E: «I» -> A`],
  ["S-PROPERTY-NAME", "node A { «Name»: String }"],
  ["S-PROPERTY-RESERVED", "node A { «_rowid»: I32 }"],
  ["S-PROPERTY-RESERVED", "node A { «id»: String @key }"],
  ["S-PROPERTY-RESERVED", `${A} edge E: A -> A { «src»: String }`],
  ["S-PROPERTY-RESERVED", "interface I { «_row_created_at_version»: I64 }"],
  ["S-PROPERTY-END", `${A} edge E: A -> A { «from»: Date? }`],
  ["S-PROPERTY-END", `${A} edge E: A -> A { «to»: Date? }`],
  ["S-PROPERTY-TWICE", "node A { x: String «x»: I32 }"],
  ["S-PROPERTY-TWICE", "interface I { x: String «x»: I32 }"],
  ["S-TYPE-UNKNOWN", "node A { x: «Text» }"],
  ["S-TYPE-UNKNOWN", "node A { x: [«string»]? }"],
  ["S-LIST-ITEM", "node A { x: [«enum(a)»] }"],
  ["S-LIST-ITEM", "node A { x: [«Vector(3)»] }"],
  ["S-LIST-ITEM", "node A { b: [«Blob»] }"],
  ["S-LIST-ITEM", "node A { b: [«String?»] }"],
  ["S-LIST-ITEM", "node A { b: [«[I32]»] }"],
  ["S-ENUM-TWICE", "node A { x: enum(a, b, «a») }"],
  ["S-VECTOR-LENGTH", "node A { v: Vector(«0») }"],
  ["S-VECTOR-LENGTH", "node A { v: Vector(«65537») }"],
  ["S-INTERFACE-UNKNOWN", "node A implements «Named» { x: String }"],
  ["S-INTERFACE-UNKNOWN", "node B { x: I32 } node A implements «B» { y: String }"],
  ["S-INTERFACE-REPEATED", "interface I { x: I32 } node A implements I, «I» { y: String }"],
  ["S-INTERFACE-CLASH", "interface I { name: String } node A implements I { name: «I32» }"],
  ["S-INTERFACE-CLASH", "interface I { name: String } node A implements I { name: «String?» }"],
  ["S-INTERFACE-CLASH", "interface I { n: enum(a, b) } node A implements I { n: «enum(a, c)» }"],
  [
    "S-INTERFACE-CLASH",
    "interface P { a: String } interface Q { a: I32 } node A implements P, «Q» { x: I32 }",
  ],
  ["S-ANNOTATION-MISSPELT", "node A { x: String «@keys» }"],
  ["S-ANNOTATION-MISSPELT", "node A { x: String «@Key» }"],
  ["S-ANNOTATION-MISSPELT", "node A { x: String «@unqiue» }"],
  ["S-ANNOTATION-MISSPELT", "node A { x: String «@indx» }"],
  ["S-ANNOTATION-MISSPELT", "node A { x: String «@key_(x)» }"],
  ["S-ANNOTATION-MISSPELT", `${A} edge E: A -> A «@cards»`],
  ["S-ANNOTATION-MISSPELT", "interface I { x: String «@uniqe» }"],
  ["S-CARD", `${A} edge E: A -> A «@card(2..1)»`],
  ["S-CARD", `${A} edge E: A -> A @card(0..1) «@card(0..1)»`],
  ["S-CARD", `${A} edge E: A -> A «@card(0..9007199254740993)»`],
  ["S-MEMBER-UNKNOWN", "node A { x: String @key(«y») }"],
  ["S-MEMBER-UNKNOWN", "node A { x: String @unique(x, «src») }"],
  ["S-MEMBER-UNKNOWN", "node A { x: I32 @range(«y», 0..1) }"],
  ["S-MEMBER-UNKNOWN", 'node A { x: String @check(«y», "a") }'],
  ["S-MEMBER-TWICE", "node A { x: String @key(x, «x») }"],
  ["S-MEMBER-TWICE", `${A} edge E: A -> A { @unique(src, «src») }`],
  ["S-KEY-TWICE", "node A { x: String @key y: String «@key» }"],
  ["S-KEY-TWICE", "node A { x: String y: String @key(x) «@key(y)» }"],
  ["S-KEY-TWICE", "interface I { a: String @key } node A implements I { y: String «@key(y)» }"],
  ["S-KEY-EDGE", `${A} edge E: A -> A { y: String «@key» }`],
  ["S-KEY-EDGE", `${A} edge E: A -> A { y: String «@key(y)» }`],
  ["S-KEY-EDGE", `${A} edge E: A -> A { y: String «@key(@src, y)» }`],
  ["S-KEY-TWICE", `${A} edge E: A -> A { @key(@src, @dst) «@key(src, dst)» }`],
  ["S-KEY-TYPE", `${A} edge E: A -> A { y: String? @key(@src, @dst, «y») }`],
  ["S-MEMBER-TWICE", `${A} edge E: A -> A { @key(@src, @dst, «src») }`],
  ["S-MEMBER-UNKNOWN", `${A} edge E: A -> A { @key(@src, @dst, «@id») }`],
  ["S-MEMBER-UNKNOWN", "node B { y: String @key(y, «@src») }"],
  ["S-KEY-TYPE", "node A { «x»: String? @key }"],
  ["S-KEY-TYPE", "node A { x: [String] @key(«x») }"],
  ["S-KEY-TYPE", "node A { «x»: Vector(4) @key }"],
  ["S-KEY-TYPE", "node A { «b»: Blob @key }"],
  ["S-UNIQUE-TYPE", "node A { «x»: [String] @unique }"],
  ["S-UNIQUE-TYPE", `${A} edge E: A -> A { v: Vector(2) @unique(src, «v») }`],
  ["S-UNIQUE-TYPE", "node A { «b»: Blob? @unique }"],
  ["S-INDEX-TYPE", "node A { «b»: Blob @index }"],
  ["S-EDGE-CONSTRAINT", `${A} edge E: A -> A { n: I32 «@range(n, 0..1)» }`],
  ["S-EDGE-CONSTRAINT", `${A} edge E: A -> A { n: String «@check(n, "a")» }`],
  ["S-RANGE-TYPE", "node A { x: String @range(«x», 0..1) }"],
  ["S-RANGE-TYPE", "node A { x: [I32] @range(«x», 0..1) }"],
  ["S-RANGE-TYPE", "node A { x: Vector(2) @range(«x», 0..1) }"],
  ["S-RANGE-EMPTY", "node A { x: I32 «@range(x, 5..1)» }"],
  ["S-RANGE-EMPTY", "node A { x: F64 «@range(x, -1.5..-2)» }"],
  ["S-RANGE-EMPTY", "node A { x: I64 «@range(x, 0.2..0.8)» }"],
  ["S-RANGE-EMPTY", "node A { x: U32 «@range(x, ..-1)» }"],
  ["S-RANGE-EMPTY", "node A { x: U64 «@range(x, 18446744073709551616..)» }"],
  ["S-CHECK-TYPE", 'node A { x: I32 @check(«x», "a") }'],
  ["S-CHECK-TYPE", 'node A { x: [String] @check(«x», "a") }'],
  ["S-CHECK-PATTERN", 'node A { x: String @check(x, «"("») }'],
  ["S-CHECK-PATTERN", 'node A { x: String @check(x, «"(?=a)b"») }'],
  ["S-CHECK-PATTERN", `node A { x: String @check(x, «"${"a".repeat(1001)}{999}{2}"») }`],
  ["S-DEFAULT", 'node A { x: I32 @default(«"3"») }'],
  ["S-DEFAULT", "node A { x: I32 @default(«2147483648») }"],
  ["S-DEFAULT", "node A { x: U32 @default(«-1») }"],
  ["S-DEFAULT", "node A { x: enum(a, b) @default(«c») }"],
  ["S-DEFAULT", "node A { x: String @default(«c») }"],
  ["S-DEFAULT", 'node A { x: Date @default(«"2023-02-29"») }'],
  ["S-DEFAULT", "node A { x: Vector(2) @default(«[1]») }"],
  ["S-DEFAULT", "interface I { x: Bool @default(«1») }"],
  ["S-EMBED-TYPE", 'node A { x: String y: [F32] «@embed("x")» }'],
  ["S-EMBED-SOURCE", 'node A { x: String v: Vector(3) @embed(«"nope"») }'],
  ["S-EMBED-SOURCE", "node A { x: I32 v: Vector(3) @embed(«x») }"],
  ["S-NUMBER", "node A { x: F64 @range(x, «1e999»..) }"],
  ["S-NUMBER", "node A @weight(«1e999») { x: I32 }"],
  ["S-ANNOTATION-ARGUMENT", "node A { x: String «@description» }"],
  ["S-ANNOTATION-ARGUMENT", "node A «@instruction(3)» { x: String }"],
  ["S-ANNOTATION-ARGUMENT", "node A { x: String «@range» }"],
  ["S-ANNOTATION-ARGUMENT", "node A { x: String «@default» }"],
  ["S-ANNOTATION-ARGUMENT", 'node A { x: String @rename_from("y", «z = 1») }'],
  ["S-ANNOTATION-ARGUMENT", 'node A { x: String v: Vector(3) @embed("x", «flavour="y"») }'],
  ["S-ANNOTATION-ARGUMENT", 'node A { x: String v: Vector(3) @embed("x", model="y", «model="z"») }'],
  ["S-ANNOTATION-PLACE", "node A «@key» { x: String }"],
  ["S-ANNOTATION-PLACE", `${A} edge E: A -> A «@default(3)»`],
  ["S-ANNOTATION-TWICE", "node A { x: I32 @default(3) «@default(4)» }"],
  ["S-ANNOTATION-TWICE", 'node A @description("a") «@description("b")» { x: I32 }'],
];

function check(text: string): ReturnType<typeof checkSchema> {
  return checkSchema({ file: "s.pg", text });
}

describe("the codes of the schema language", () => {
  test.each(PROVOKED)("the code %s is found in %s", (code, marked) => {
    const start = marked.includes("«") ? marked.indexOf("«") : marked.length;
    const end = marked.includes("»") ? marked.indexOf("»") - 1 : marked.length;
    const { diagnostics, catalog } = check(marked.replaceAll(/[«»]/gu, ""));
    expect(catalog).toBeNull();
    expect(diagnostics.map((found) => [found.code, found.span])).toEqual([[code, { start, end }]]);
    expect(diagnostics[0]).toMatchObject({ file: "s.pg", line: 1, column: start + 1, severity: "error" });
    expect(diagnostics[0]?.message).not.toBe("");
    expect(diagnostics[0]?.remedy).not.toBe("");
  });

  test("a schema may not have too many properties", () => {
    const properties = Array.from({ length: 400 }, (_, at) => `p${at}: I32`).join(" ");
    const nodes = Array.from({ length: 300 }, (_, at) => `node N${at} implements I {}`).join("\n");
    const { diagnostics } = check(`interface I { ${properties} }\n${nodes}`);
    expect(diagnostics[0]).toMatchObject({ code: "S-TOO-LARGE", line: 252, column: 6 });
  });

  test("every code of the schema language has a test", () => {
    const provoked = new Set<string>([...PROVOKED.map(([code]) => code), "S-TOO-LARGE"]);
    expect(Object.keys(SCHEMA_CODES).filter((code) => !provoked.has(code))).toEqual([]);
  });
});

describe("what is reported together", () => {
  test("every root cause is reported, in the order of the source, and nothing that follows from another", () => {
    const text = `node person { Name: Text @key  y: I32? @key(y) @range(z, 2..1) }
edge E: person -> Ghost { q: String @key  w: Nope @unique @unique(w) }
node A implements I { v: Vector(2) @embed("t")  t: Bad @check(t, "(") }`;
    expect(check(text).diagnostics.map(({ code, line }) => `${line} ${code}`)).toEqual([
      "1 S-TYPE-NAME",
      "1 S-PROPERTY-NAME",
      "1 S-TYPE-UNKNOWN",
      "1 S-KEY-TWICE",
      "1 S-MEMBER-UNKNOWN",
      "2 S-ENDPOINT-UNKNOWN",
      "2 S-KEY-EDGE",
      "2 S-TYPE-UNKNOWN",
      "3 S-INTERFACE-UNKNOWN",
      "3 S-TYPE-UNKNOWN",
    ]);
  });

  test("an error in an interface is reported once, however many nodes implement it", () => {
    const text =
      'interface I { x: Bad  y: I32 @default("a") @nope(1e999) } node A implements I {} node B implements I {}';
    expect(check(text).diagnostics.map(({ code }) => code)).toEqual([
      "S-TYPE-UNKNOWN",
      "S-DEFAULT",
      "S-NUMBER",
    ]);
  });

  test("a misspelt annotation of another kind is a warning and stays metadata, and an unknown one is metadata without a warning", () => {
    const text = `${A.replace("@key", '@key @descripton("x") @colour(red) @indexed @hidden')}`;
    const { diagnostics, catalog } = check(text);
    expect(diagnostics.map(({ code, severity, remedy }) => [code, severity, remedy])).toEqual([
      ["S-ANNOTATION-MISSPELT", "warning", 'Did you mean `@description("…")`?'],
      ["S-ANNOTATION-MISSPELT", "warning", "Did you mean `@index`?"],
    ]);
    const names = catalog?.nodes.get("A")?.properties[0]?.annotations.map(({ name }) => name);
    expect(names).toEqual(["key", "descripton", "colour", "indexed", "hidden"]);
  });

  test("a property of a node may be named like the end of an edge", () => {
    expect(check("node A { from: String @key  to: Date? }").diagnostics).toEqual([]);
  });

  test("a misspelt name gets the name that was meant", () => {
    const text = "node Person { name: Strng @unique(nam) } edge E: Person -> Persn";
    expect(check(text).diagnostics.map(({ remedy }) => remedy)).toEqual([
      "Did you mean `String`?",
      "Did you mean `name`?",
      "Did you mean `Person`?",
    ]);
  });

  test("compiling throws all errors up to the limit, and says how many more there are", () => {
    const edges = Array.from({ length: 130 }, (_, at) => `edge E${at}: A -> Nope`).join("\n");
    let thrown: unknown;
    try {
      compileSchema({ file: "s.pg", text: `${A}\n${edges}` }, ulidMint(systemEnvironment));
    } catch (error) {
      thrown = error;
    }
    if (!isError(thrown, "schema_invalid")) expect.fail("no schema_invalid");
    expect(thrown.details["diagnostics"]).toHaveLength(LIMITS.diagnostics.value);
    expect(thrown.message).toContain("s.pg:101:16: error[S-ENDPOINT-UNKNOWN]: there is no node type Nope");
    expect(thrown.message).toMatch(/and 30 more$/u);
  });
});
