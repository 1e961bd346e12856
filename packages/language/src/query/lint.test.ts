import { describe, expect, test } from "vitest";
import { catalogOf, FILMS, PAPERS } from "../../../../tests/support/graphs/sample-schemas.ts";
import type { Catalog } from "../schema/catalog/catalog.ts";
import { compileQuery } from "./compile.ts";
import { type LintReport, lintSource } from "./lint.ts";

const films = catalogOf(FILMS);
const papers = catalogOf(PAPERS);

function lint(text: string, catalog: Catalog = films): LintReport {
  return lintSource({ file: "q.gq", text }, catalog);
}

function operation(text: string, catalog: Catalog = films): unknown {
  const { json } = lint(text, catalog);
  expect(json.status).toBe("ok");
  return json.results[0]?.operation;
}

const node = (name: string): object => ({ kind: "node", type_name: name });
const edge = (name: string): object => ({ kind: "edge", type_name: name });

describe("operations", () => {
  test("result columns have the kinds of the wire contract", () => {
    expect(
      operation(
        "query a() { match { $f: Film } return { $f.slug, $f.tags, $f.scores, $f.minutes, $f.votes, $f.gross, $f.budget, $f.rating, $f.score32, $f.premiere, $f.released, $f.colour, $f } }",
      ),
    ).toEqual({
      result: [
        { name: "slug", kind: "string", nullable: false },
        { name: "tags", kind: "list", nullable: true, item_kind: "string" },
        { name: "scores", kind: "list", nullable: true, item_kind: "int" },
        { name: "minutes", kind: "int", nullable: false },
        { name: "votes", kind: "int", nullable: true },
        { name: "gross", kind: "bigint", nullable: true },
        { name: "budget", kind: "bigint", nullable: true },
        { name: "rating", kind: "float", nullable: true },
        { name: "score32", kind: "float", nullable: true },
        { name: "premiere", kind: "datetime", nullable: true },
        { name: "released", kind: "date", nullable: true },
        { name: "colour", kind: "bool", nullable: false },
        { name: "f", kind: "object", nullable: false },
      ],
      reads: [node("Film")],
      writes: [],
    });
  });

  test("aggregates may be null, scores may not, and vectors have their length", () => {
    expect(
      operation(
        "query a($g: String) { match { $p: Person $p $w:actedIn $f $f.genre = $g } return { $p.name, count($f) as n, avg($w.billing) as b, max($f.released) as last, sum($w.paid) as paid } order { n desc } limit 5 }",
      ),
    ).toEqual({
      result: [
        { name: "name", kind: "string", nullable: false },
        { name: "n", kind: "bigint", nullable: true },
        { name: "b", kind: "float", nullable: true },
        { name: "last", kind: "date", nullable: true },
        { name: "paid", kind: "bigint", nullable: true },
      ],
      reads: [node("Film"), node("Person"), edge("ActedIn")],
      writes: [],
    });
    expect(
      operation(
        "query a($q: String) { match { $p: Paper } return { $p.slug, $p.vec, bm25($p.title, $q) as score } order { score desc } limit 3 }",
        papers,
      ),
    ).toMatchObject({
      result: [
        { name: "slug", kind: "string", nullable: false },
        { name: "vec", kind: "vector", nullable: false, vector_dim: 4 },
        { name: "score", kind: "float", nullable: false },
      ],
    });
  });

  test("literals and parameters are columns too", () => {
    expect(
      operation(
        'query a($s: String?) { match { $f: Film } return { "t" as t, 7 as i, 1.5 as x, true as b, [1, 2] as l, now() as at, date("2024-02-29") as d, $s as given } }',
      ),
    ).toMatchObject({
      result: [
        { name: "t", kind: "string", nullable: false },
        { name: "i", kind: "bigint", nullable: false },
        { name: "x", kind: "float", nullable: false },
        { name: "b", kind: "bool", nullable: false },
        { name: "l", kind: "list", nullable: false, item_kind: "bigint" },
        { name: "at", kind: "datetime", nullable: false },
        { name: "d", kind: "date", nullable: false },
        { name: "given", kind: "string", nullable: true },
      ],
    });
  });

  test.each([
    [
      "match { $f: Film $f directed $p } return { $f.slug }",
      [node("Film"), node("Person"), edge("Directed")],
    ],
    [
      "match { $p: Person not { $p directed $f not { $f madeBy $s } } } return { $p.name }",
      [node("Film"), node("Person"), node("Studio"), edge("Directed"), edge("MadeBy")],
    ],
    ['match { $p: Person $q: Person { name: "Zed" } } return { $p.name }', [node("Person")]],
  ])("the types that %s reads are listed", (body, reads) => {
    expect(operation(`query a() { ${body} }`)).toMatchObject({ reads, writes: [] });
  });

  test.each([
    ['insert Note { text: "x" }', [node("Note")], [node("Note")]],
    ['insert Note { text: "x", stars: $n }', [node("Note")], [node("Note")]],
    ['insert Knows { from: "a", to: "b", closeness: 0.5 }', [node("Person"), edge("Knows")], [edge("Knows")]],
    [
      'insert Directed { from: "a", to: "b" }',
      [node("Film"), node("Person"), edge("Directed")],
      [edge("Directed")],
    ],
    ['delete Knows where from = "a"', [edge("Knows")], [edge("Knows")]],
    ['update Film set { minutes: 3 } where slug = "a"', [node("Film")], [node("Film")]],
  ])("the types that %s reads and writes are listed", (body, reads, writes) => {
    expect(operation(`query a($n: I32?) { ${body} }`)).toEqual({ result: [], reads, writes });
  });

  test("deleting a node writes the edge types that may end at it", () => {
    const touched = [node("Person"), edge("ActedIn"), edge("Directed"), edge("Knows")];
    expect(operation('query a() { insert Person { name: "x" } delete Person where name = "y" }')).toEqual({
      result: [],
      reads: touched,
      writes: touched,
    });
  });
});

describe("findings", () => {
  test("L201 names the nullable properties that no update sets, at the place of the first update", () => {
    const { json, diagnostics } = lint(
      'query a($n: String) { update Person set { name: "z" } where name = $n }',
    );
    expect(
      json.findings.map(({ code, severity, type_name, property }) => ({
        code,
        severity,
        type_name,
        property,
      })),
    ).toEqual(
      ["alive", "born", "height", "nickname"].map((property) => ({
        code: "L201",
        severity: "warning",
        type_name: "Person",
        property,
      })),
    );
    expect(json).toMatchObject({ status: "ok", errors: 0, warnings: 4, infos: 0, queries_processed: 1 });
    expect(diagnostics.map(({ code, line, column }) => [code, line, column])).toEqual(
      Array.from({ length: 4 }, () => ["L201", 1, 7]),
    );
  });

  test("updates of several queries count together, and queries with errors and inserts do not count", () => {
    const source = `
      query a($n: String, $b: Date?) { update Person set { born: $b } where name = $n }
      query b($n: String, $h: F64?) { update Person set { height: $h } where name = $n }
      query c($n: String) { insert Person { name: $n, alive: true } }
      query d($n: String) { update Film set { mood: "x" } where slug = $n }`;
    expect(lint(source).json.findings.map(({ property }) => property)).toEqual(["alive", "nickname"]);
  });

  test("a syntax error is the only finding, with its place", () => {
    const { json, diagnostics } = lint("query a( { match\n");
    expect(json).toMatchObject({
      status: "error",
      errors: 1,
      queries_processed: 0,
      results: [],
      findings: [{ code: "Q000", severity: "error", line: 1, column: 10 }],
    });
    expect(diagnostics).toHaveLength(1);
  });

  test("a mutation without parameters is warned of where it is kept, not where it is run", () => {
    const { json, diagnostics } = lint('query a() { insert Note { text: "x" } }');
    expect(json.warnings).toBe(1);
    expect(json.results[0]?.warnings).toHaveLength(1);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ["Q-NO-PARAMETERS", "warning"],
    ]);
    const fixed = { file: "q.gq", text: 'query a() { insert Note { text: "x" } }' };
    expect(compileQuery(fixed, films).warnings).toEqual([]);
    expect(lint("query a($t: String) { insert Note { text: $t } }").json.results[0]).not.toHaveProperty(
      "warnings",
    );
  });

  test.each<readonly [code: string, marked: string]>([
    ["Q-UNUSED-PARAMETER", "query a(«$n»: I32) { match { $f: Film } return { $f.slug } }"],
    ["Q-UNUSED-PARAMETER", "query a(«$n»: I32, $t: String) { insert Note { text: $t } }"],
    ["Q-UNUSED-VARIABLE", "query a() { match { $f: Film $f madeBy «$s» } return { $f.slug } }"],
    ["Q-UNUSED-VARIABLE", "query a() { match { $p: Person $p «$w»:knows $q } return { $p.name, $q.name } }"],
    ["Q-UNUSED-VARIABLE", "query a() { match { $p: Person not { $p knows «$q» } } return { $p.name } }"],
    ["Q-UNUSED-VARIABLE", "query a() { match { «$f»: Film } return { 1 as one } }"],
    ["Q-CARTESIAN-PRODUCT", "query a() { match { $p: Person «$f»: Film } return { $p.name, $f.slug } }"],
    [
      "Q-CARTESIAN-PRODUCT",
      'query a() { match { $p: Person { name: "x" } $p knows $q «$f»: Film } return { $q.name, $f.slug } }',
    ],
  ])("%s gets a warning at its place: %s", (code, marked) => {
    const start = marked.indexOf("«");
    const text = marked.replace("«", "").replace("»", "");
    const { json, diagnostics } = lint(text);
    expect(diagnostics.map((found) => [found.code, found.severity, found.span])).toEqual([
      [code, "warning", { start, end: marked.indexOf("»") - 1 }],
    ]);
    expect(json).toMatchObject({ status: "ok", warnings: 1, findings: [] });
    expect(json.results[0]).toMatchObject({
      warnings: [diagnostics[0]?.message],
      diagnostics: [{ code, line: 1 }],
    });
    expect(compileQuery({ file: "q.gq", text }, films).warnings).toEqual(diagnostics);
  });

  test.each([
    "query a($n: String) { match { $p: Person { name: $n } not { $p knows $_ } } return { $p.name } }",
    "query a() { match { $p: Person $p $_w:knows $_q } return { $p.name } }",
    "query a() { match { $p: Person } return { count($p) as n } }",
    "query a() { match { $p: Person $f: Film $p.name = $f.title } return { $p.name, $f.slug } }",
    "query a() { match { $p: Person $f: Film not { $p directed $f } } return { $p.name, $f.slug } }",
    "query a($a: String, $b: String) { match { $p: Person { name: $a } $f: Film $f.slug = $b } return { $p.name, $f.slug } }",
    'query a() { match { $s: Studio { code: "x" } $f: Film } return { $s.city, $f.slug } }',
    "query a($n: I32) { match { $p: Person not { $p directed $f $f: Film { minutes: $n } } } return { $p.name } }",
    "query a($n: String?) { update Person set { born: $n } where name = $n }",
  ])("%s gets no warning", (text) => {
    const found = lint(text).diagnostics.map(({ code }) => code);
    expect(found.filter((code) => code.startsWith("Q-UNUSED") || code === "Q-CARTESIAN-PRODUCT")).toEqual([]);
  });

  test("a query with errors has no operation, and the others are reported as usual", () => {
    const { json } = lint(
      "query a() { match { $x: Ghost } return { $x.name } } query b() { match { $s: Studio } return { $s.code } }",
    );
    expect(json).toMatchObject({ status: "error", errors: 1, queries_processed: 2 });
    const [a, b] = json.results;
    expect(a).toMatchObject({
      name: "a",
      kind: "read",
      status: "error",
      error: expect.stringContaining("T1"),
    });
    expect(a).not.toHaveProperty("operation");
    expect(b).toMatchObject({ name: "b", status: "ok" });
  });

  test("an empty source has an empty report", () => {
    expect(lint("// nothing\n").json).toEqual({
      status: "ok",
      query_path: "q.gq",
      queries_processed: 0,
      errors: 0,
      warnings: 0,
      infos: 0,
      results: [],
      findings: [],
    });
  });
});
