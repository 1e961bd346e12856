import { describe, expect, test } from "vitest";
import { catalogOf, FILMS, PAPERS } from "../../../../../tests/support/graphs/sample-schemas.ts";
import type { Catalog } from "../../schema/catalog/catalog.ts";
import type { Diagnostic } from "../../text/source.ts";
import { QUERY_CODES, type QueryCode } from "./codes.ts";
import { compileQueries } from "../compile.ts";

const films = catalogOf(FILMS);
const papers = catalogOf(PAPERS);

function diagnose(text: string, catalog: Catalog): readonly Diagnostic[] {
  const { queries, diagnostics } = compileQueries({ file: "q.gq", text }, catalog);
  return [...diagnostics, ...queries.flatMap((query) => query.diagnostics)];
}

/** A source in which `«…»` marks the place of the one finding. */
type Provocation = readonly [code: QueryCode, marked: string];

const PROVOKED_BY_FILMS: readonly Provocation[] = [
  ["Q000", "query a(«{» match"],
  ["Q000", "query a($n: «Ghost») { match { $s: Studio } return { $s.code } }"],
  ["Q000", 'query a() { match { $s: Studio } return { «"»\\q" as t } }'],
  ["Q000", "query a() { match { $s: Studio } return { $s.code } order { $s.code }«»"],
  ["T1", "query a() { match { $x: «Ghost» } return { $x.name } }"],
  ["T1", "query a() { match { $x: «Titled» } return { $x.title } }"],
  ["T1", "query a() { match { $x: «Knows» } return { $x.closeness } }"],
  ["T2", 'query a() { match { $p: Person { «mood»: "x" } } return { $p.name } }'],
  ["T3", 'query a() { match { $f: Film { minutes: «"x"» } } return { $f.slug } }'],
  ["T3", 'query a() { match { $f: Film { genre: «"western"» } } return { $f.slug } }'],
  ["T3", 'query a() { match { $f: Film { tags: «["sea"]» } } return { $f.slug } }'],
  ["T3", "query a() { match { $f: Film { minutes: «3000000000» } } return { $f.slug } }"],
  ["T3", "query a() { match { $f: Film { minutes: «1.5» } } return { $f.slug } }"],
  ["T3", 'query a() { match { $s: Studio } return { «date("2024-02-30")» as d } }'],
  ["T3", 'query a() { match { $s: Studio } return { «[1, "a"]» as d } }'],
  ["T3", "query a() { match { $s: Studio } return { «[[1]]» as d } }"],
  ["T3", "query a() { match { $f: Film $f.gross > «18446744073709551616» } return { $f.slug } }"],
  ["T3", 'query a() { update Film set { minutes: «"x"» } where slug = "y" }'],
  [
    "T3",
    'query a() { insert Film { slug: "f", title: "F", minutes: 5, colour: true, votes: «4294967296» } }',
  ],
  ["T4", "query a() { match { $p: Person $p «haunts» $q } return { $p.name } }"],
  ["T4", "query a() { match { $p: Person $p (directed | «haunts») $q } return { $p.name } }"],
  ["T5", "query a() { match { $p: Person $q: Person $p «directed» $q } return { $p.name } }"],
  ["T5", "query a() { match { $p: Person $p (directed | «knows») $q } return { $p.name } }"],
  ["T5", "query a() { match { $p: Person $q: Person $p «(directed | actedIn)» $q } return { $p.name } }"],
  ["T5", "query a() { match { $p: Person $p «*» $q } return { $p.name } }"],
  ["T5", "query a() { match { $p: Person $s: Studio $p <«*»> $s } return { $p.name } }"],
  ["T6", "query a() { match { $p: Person } return { «$q».name } }"],
  ["T6", "query a() { match { $p: Person } return { $p.«mood» } }"],
  ["T6", "query a() { match { $p: Person } return { $p.name as n, «n» as m } }"],
  ["T6", "query a() { match { $p: Person $p knows $_ } return { $p.name, «$_» } }"],
  ["T6", "query a($n: String) { match { $p: Person } return { «$n.x» } }"],
  ["T6", "query a() { match { $p: Person not { $p knows $q } } return { «$q».name } }"],
  ["T7", 'query a() { match { $f: Film «$f.minutes = "x"» } return { $f.slug } }'],
  ["T7", 'query a() { match { $f: Film «$f.tags = "x"» } return { $f.slug } }'],
  ["T7", "query a() { match { $f: Film } return { $f.slug, «$f.title» * 2 as n } }"],
  ["T7", "query a() { match { $f: Film -«$f.released» > 3 } return { $f.slug } }"],
  ["T7", "query a() { match { $f: Film «$f.minutes + 1 = $f.title» } return { $f.slug } }"],
  ["Q-FUNCTION", "query a() { match { $f: Film } return { «lower($f.minutes)» as l } }"],
  ["Q-FUNCTION", "query a() { match { $f: Film } return { «coalesce($f.minutes)» as l } }"],
  ["Q-FUNCTION", 'query a() { match { $f: Film } return { «coalesce($f.minutes, "x")» as l } }'],
  ["Q-FUNCTION", "query a() { match { $f: Film «length($f.minutes)» > 3 } return { $f.slug } }"],
  ["Q-PATTERN", 'query a() { match { $f: Film $f.title matches «"("» } return { $f.slug } }'],
  ["Q-PATTERN", "query a() { match { $f: Film $f.title matches «$f.slug» } return { $f.slug } }"],
  ["Q-PATTERN", 'query a() { delete Film where title matches «"("» }'],
  ["T9", "query a() { match { $f: Film } return { «count($f) + $f.minutes» as n } }"],
  ["T9", "query a() { match { $f: Film } return { $f.genre, count($f) as n } order { «$f.minutes + 1» } }"],
  ["T8", "query a() { match { $f: Film } return { sum(«1 + 2») as n } }"],
  ["T8", "query a() { match { $f: Film } return { «sum(distinct $f.minutes)» as n } }"],
  ["T8", "query a() { match { $f: Film } return { collect(«$f.tags») as n } }"],
  ["T9", "query a() { match { $f: Film } return { $f.slug } having { «$f.minutes > 3» } }"],
  [
    "T9",
    "query a() { match { $f: Film } return { $f.genre, count($f) as n } having { n > 3 «$f.minutes > 3» } }",
  ],
  ["T6", "query a() { match { $f: Film } return { count($f) as n } having { «m» > 3 } }"],
  ["T20", 'query a() { match { $f: Film } return { «bm25($f.title, "x")» * 2 as n } }'],
  ["T41", "query a() { match { $f: Film } return { «$f.minutes» and $f.colour as n } }"],
  ["T7", "query a() { match { $f: Film «$f.minutes contains 3» } return { $f.slug } }"],
  ["T7", 'query a() { match { $p: Person «$p.born > "1940-01-01"» } return { $p.name } }'],
  ["T7", "query a() { match { $p: Person «$p.born < now()» } return { $p.name } }"],
  ["T7", "query a() { match { $p: Person $q: Person «$p = $q» } return { $p.name } }"],
  ["T7", "query a($l: [String]) { match { $f: Film { tags: «$l» } } return { $f.slug } }"],
  ["T7", "query a() { match { $f: Film } return { $f.slug } order { «$f.tags» } }"],
  ["T7", 'query a() { insert Person { name: "", born: «now()» } }'],
  ["T7", "query a($x: F64) { update Film set { minutes: «$x» } where minutes = $x }"],
  ["T6", "query a() { match { $f: Film } return { $f.«@src» } }"],
  ["T6", 'query a() { update Film set { minutes: «length_» + 1 } where slug = "y" }'],
  ["T6", "query a() { insert Person { name: «born» } }"],
  ["T7", 'query a() { update Film set { minutes: «minutes / 2» } where slug = "y" }'],
  ["T7", 'query a() { update Film set { title: «minutes» } where slug = "y" }'],
  ["T9", 'query a() { update Film set { minutes: «count(minutes)» } where slug = "y" }'],
  ["T3", 'query a() { insert Knows { from: «lower("A")», to: "b" } }'],
  ["T6", "query a() { match { $f: Film } return { $f.«id» } }"],
  ["T7", "query a() { delete Film where «minutes = true» }"],
  ["T7", 'query a() { delete Knows where @id = "a" and «@src = 1» }'],
  ["T7", "query a() { match { $p $w:knows $q «$w.@id = 1» } return { $p.name } }"],
  ["T8", "query a() { match { $f: Film } return { sum(«$f.title») as s } }"],
  ["T8", "query a() { match { $f: Film } return { avg(«$f») as s } }"],
  ["T8", "query a() { match { $f: Film } return { max(«$f.tags») as s } }"],
  ["T8", "query a() { match { $f: Film } return { count(«1») as s } }"],
  ["T8", "query a() { match { $f: Film } return { sum(«count($f)») as s } }"],
  ["T8", "query a() { match { $f: Film } return { «count()» as s } }"],
  ["T9", "query a() { match { $f: Film } return { count($f) as n, $f.minutes } order { «$f.slug» } }"],
  ["T9", "query a() { match { $f: Film } return { count($f) as n, «1» as one } }"],
  ["T9", "query a() { match { $f: Film } return { $f.slug } order { «count($f)» } }"],
  ["T9", "query a() { match { $f: Film «count($f)» > 1 } return { $f.slug } }"],
  ["T9", 'query a() { match { $f: Film «not { $g: Film { slug: "x" } }» } return { $f.slug } }'],
  ["T10", 'query a() { insert «Ghost» { name: "x" } }'],
  ["T10", "query a() { «insert Note {}» }"],
  ["T10", 'query a() { «update Film set {} where slug = "x"» }'],
  ["T11", 'query a() { insert Person { name: "x", «mood»: 1 } }'],
  ["T11", 'query a() { insert Person { name: "x", «id»: "y" } }'],
  ["T11", 'query a() { update Film set { «mood»: "x" } where slug = "y" }'],
  ["T11", 'query a() { delete Film where «mood» = "x" }'],
  ["T11", 'query a() { delete Film where «@src» = "x" }'],
  ["T11", 'query a() { delete Film where title = "x" and «@type» = "y" }'],
  ["T12", 'query a() { insert «Film» { slug: "x", title: "y" } }'],
  ["T12", 'query a() { insert «Directed» { from: "x" } }'],
  ["T13", 'query a() { insert Person { name: "x", «name»: "y" } }'],
  ["T13", 'query a() { insert Knows { from: "x", to: "y", «from»: "z" } }'],
  ["T14", "query a() { match { $p: Person { name: «$n» } } return { $p.name } }"],
  ["T14", "query a() { match { $p: Person $q: Person { name: «$p» } } return { $q.name } }"],
  ["T14", "query a() { insert Person { name: «$n» } }"],
  ["T14", "query a() { delete Person where name = «$n» }"],
  ["T15", "query a() { match { $p: Person $p knows«{0,2}» $q } return { $q.name } }"],
  ["T15", "query a() { match { $p: Person $p knows«{3,2}» $q } return { $q.name } }"],
  ["T15", "query a() { match { $p: Person $p knows«{1,}» $q } return { $q.name } }"],
  ["T15", "query a() { match { $p: Person $p knows«{0,*}» $q } return { $q.name } }"],
  ["T15", "query a() { match { $p: Person $p knows«{9007199254740993,*}» $q } return { $q.name } }"],
  ["T23", "query a() { match { $p: Person $p $w:knows«{1,*}» $q } return { $q.name } }"],
  ["T16", 'query a() { update Knows set { «to»: "y" } where from = "x" }'],
  ["T16", 'query a() { update Knows set { «id»: "y" } where @id = "x" }'],
  ["T22", "query a() { match { $p: Person $p <«directed»> $q } return { $p.name } }"],
  ["T22", "query a() { match { $p: Person $p <«(directed | actedIn)»> $q } return { $p.name } }"],
  ["T23", "query a() { match { $p: Person $p $w:«(directed | actedIn)» $q } return { $p.name } }"],
  ["T23", "query a() { match { $p: Person $q: Person $p $w:«*» $q } return { $p.name } }"],
  ["T23", "query a() { match { $p: Person $p $w:knows«{1,2}» $q } return { $q.name } }"],
  ["T23", "query a() { match { $p: Person $p $w:knows $q } return { «$w» } }"],
  ["T23", "query a() { match { $p: Person $p «$p»:knows $q } return { $q.name } }"],
  ["T23", "query a() { match { $p: Person $p $w:knows $q «$w» knows $q } return { $q.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p «directed» as $w $f } return { $p.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p $w:knows as «$v» $q } return { $q.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as «$p» $q } return { $q.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows{1,*} as «$_» $q } return { $q.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as $w $q «$w» knows $q } return { $q.name } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as $w $q } return { «$w» } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as $w $q } return { «$w.length» } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as $w $q } return { length(«$q») as n } }"],
  ["Q-PATH", "query a() { match { $p: Person $p knows as $w $q } return { nodes(«$w», $w) as n } }"],
  ["T7", "query a() { match { $p: Person $p knows as $w $q } return { $q.name } order { «nodes($w)» } }"],
  ["T8", "query a() { match { $p: Person $p knows as $w $q } return { sum(«nodes($w)») as n } }"],
  ["Q-DUPLICATE-PARAMETER", "query a($n: I32, «$n»: I32) { match { $s: Studio } return { $s.code } }"],
  [
    "Q-DUPLICATE-ANNOTATION",
    'query a() @description("x") «@description("y")» { match { $s: Studio } return { $s.code } }',
  ],
  ["Q-DUPLICATE-COLUMN", "query a() { match { $s: Studio } return { $s.code as x, $s.city as «x» } }"],
  ["Q-DUPLICATE-COLUMN", "query a() { match { $s: Studio } return { $s.code, «$s.code» } }"],
  ["Q-ORDER-UNKNOWN", "query a() { match { $s: Studio } return { $s.code } order { «nope» } }"],
  ["Q-NAME-TAKEN", "query a($s: String) { match { «$s»: Studio } return { $s.code } }"],
  ["Q-NAME-TAKEN", "query a(«$_»: String) { match { $s: Studio } return { $s.code } }"],
  ["Q-REBOUND", "query a() { match { $s: Studio $s: «Film» } return { $s.code } }"],
  ["Q-REBOUND", "query a() { match { $s: Studio not { $s: «Film» } } return { $s.code } }"],
  ["Q-LIMIT", "query a() { match { $s: Studio } return { $s.code } limit «9007199254740993» }"],
];

const PROVOKED_BY_PAPERS: readonly Provocation[] = [
  ["T3", "query a() { match { $p: Paper { «vec: [1.0, 2.0]» } } return { $p.slug } }"],
  ["T3", "query a($s: String) { update Paper set { vec: «[1, 2]» } where slug = $s }"],
  ["T3", 'query a($s: String) { update Paper set { scan: «"base64:"» } where slug = $s }'],
  ["T3", "query a($b: Blob) { match { $p: Paper { «scan: $b» } } return { $p.slug } }"],
  ["T11", 'query a() { delete Paper where «scan» = "x" }'],
  [
    "T15",
    "query a($v: Vector(3)) { match { $p: Paper } return { $p.slug } order { nearest($p.vec, «$v») } limit 3 }",
  ],
  [
    "T15",
    "query a($v: Vector(4)) { match { $p: Paper } return { $p.slug } order { nearest(«$p.title», $v) } limit 3 }",
  ],
  ["T15", "query a() { match { $p: Paper } return { $p.slug } order { nearest($p.vec, «[1, 2]») } limit 3 }"],
  ["T15", "query a($v: Vector(4)) { match { $p: Paper «nearest($p.vec, $v)» < 0.5 } return { $p.slug } }"],
  ["T15", "query a() { match { $p: Paper } return { $p.slug } order { «nearest($p.vec)» } limit 3 }"],
  [
    "T17",
    "query a($v: Vector(4)) { match { $p: Paper } return { $p.slug } order { «nearest($p.vec, $v)» } }",
  ],
  [
    "T18",
    "query a($v: Vector(4)) { match { $p: Paper } return { $p.slug as s } order { nearest($p.vec, $v), «s» } limit 3 }",
  ],
  ["T19", 'query a() { match { $p: Paper search(«$p.@id», "x") } return { $p.slug } }'],
  ["T19", 'query a() { match { $p: Paper search(«$p.year», "x") } return { $p.slug } }'],
  ["T19", "query a() { match { $p: Paper search($p.title, «1») } return { $p.slug } }"],
  ["T19", 'query a() { match { $p: Paper fuzzy($p.title, "x", «"y"») } return { $p.slug } }'],
  ["T19", "query a() { match { $p: Paper «search($p.title)» } return { $p.slug } }"],
  ["T20", 'query a() { match { $p: Paper match_text(«$p.year», "x") } return { $p.slug } }'],
  ["T20", 'query a() { match { $p: Paper } return { $p.slug } order { bm25(«$p.year», "x") desc } limit 3 }'],
  ["T20", 'query a() { match { $p: Paper «bm25($p.title, "x")» > 1 } return { $p.slug } }'],
  [
    "T21",
    'query a($v: Vector(4)) { match { $p: Paper } return { $p.slug } order { «rrf(nearest($p.vec, $v), bm25($p.title, "x"))» } }',
  ],
  [
    "T21",
    'query a($v: Vector(4)) { match { $p: Paper } return { $p.slug } order { rrf(nearest($p.vec, $v), bm25($p.title, "x"), «0») } limit 3 }',
  ],
  [
    "T21",
    'query a() { match { $p: Paper } return { $p.slug } order { rrf(«$p.year», bm25($p.title, "x")) } limit 3 }',
  ],
  ["T24", "query a() { match { $p: Paper } return { «$p.scan» } }"],
  ["T24", "query a() { match { $p: Paper «$p.scan» is null } return { $p.slug } }"],
  ["Q-LIMIT", "query a($n: F64) { match { $p: Paper } return { $p.slug } limit «$n» }"],
  ["Q-LIMIT", "query a($n: [I32]) { match { $p: Paper } return { $p.slug } offset «$n» }"],
  ["T14", "query a() { match { $p: Paper } return { $p.slug } limit 3 offset «$n» }"],
  ["T14", "query a() { match { $p: Paper } return { $p.slug } limit «$p» }"],
  ["T9", "query a() { match { $p: Paper «exists { $q: Paper }» } return { $p.slug } }"],
  ["T9", "query a() { match { $p: Paper «not exists { $q: Paper }» } return { $p.slug } }"],
  ["T9", "query a() { match { $p: Paper } return distinct { «1» as one, $p.slug } }"],
  ["T41", 'query a() { match { $p: Paper «$p.year» or $p.slug = "x" } return { $p.slug } }'],
  ["T41", 'query a() { match { $p: Paper not («$p.title» and $p.slug = "x") } return { $p.slug } }'],
  ["T41", "query a() { match { $p: Paper «$p is null» } return { $p.slug } }"],
  ["T9", "query a() { match { $p: Paper «optional { $q: Paper }» } return { $p.slug, $q.slug } }"],
  [
    "Q-OPTIONAL",
    "query a() { match { $p: Paper not { $p cites $q «optional { $q cites $r }» } } return { $p.slug } }",
  ],
  ["T9", "query a() { match { $p: Paper «count { $q: Paper }» > 1 } return { $p.slug } }"],
  ["T9", "query a() { match { $p: Paper «exists { $q: Paper }» or $p.year > 1 } return { $p.slug } }"],
  ["T9", 'query a() { update Paper set { year: «count { $p cites $_ }» } where slug = "x" }'],
  ["T8", "query a() { match { $p: Paper } return { sum(«$q.title») { $p cites $q } as n } }"],
  ["T8", "query a() { match { $p: Paper } return { «sum() { $p cites $q }» as n } }"],
  ["T6", "query a() { match { $p: Paper count { $p cites $q } > 1 } return { «$q».slug } }"],
  ["T7", "query a() { match { $p: Paper $q: Paper { year: «$p.year + 1» } } return { $q.slug } }"],
  ["T7", "query a() { match { $p: Paper { slug: «1 + 1» } } return { $p.slug } }"],
  ["T6", "query a() { delete Paper where year > «title» }"],
  ["Q-UPSERT", 'query a() { upsert «Cites» { from: "x", to: "y" } }'],
  ["T6", 'query a() { upsert Author { name: lower(«bio»), bio: "x" } }'],
  ["T3", 'query a() { update Paper set { title: «null» } where slug = "x" }'],
  ["T7", "query a() { match { $p: Paper { year: «null» } } return { $p.slug } }"],
  ["T41", 'query a() { delete Paper where «year» or slug = "x" }'],
  ["T11", "query a() { delete Paper where not «scan» is null }"],
  ["T10", 'query a() { delete «Papers» where not (slug = "x" or year is null) }'],
  ["T7", 'query a() { match { $p: Paper «$p.year in [date("2026-01-31")]» } return { $p.slug } }'],
  ["T7", "query a() { match { $p: Paper «$p.year in $p.slug» } return { $p.slug } }"],
  ["T24", "query a() { match { $p: Paper } return { count(«$p.scan») as n } }"],
];

const everything = [
  ...PROVOKED_BY_FILMS.map((provocation) => ({ provocation, catalog: films })),
  ...PROVOKED_BY_PAPERS.map((provocation) => ({ provocation, catalog: papers })),
];

describe("every code is provoked, at its place", () => {
  test.each(everything)(
    "the code $provocation.0 is found in $provocation.1",
    ({ provocation: [code, marked], catalog }) => {
      const start = marked.indexOf("«");
      const end = marked.indexOf("»") - 1;
      const text = marked.replace("«", "").replace("»", "");
      const found = diagnose(text, catalog);
      expect(found.map((one) => one.code)).toEqual([code]);
      expect(found[0]?.span).toEqual({ start, end });
      expect(found[0]?.remedy).not.toBe("");
    },
  );

  test("of two queries of one name both are marked", () => {
    const query = "query a() { match { $s: Studio } return { $s.code } }";
    const found = diagnose(`${query}\n${query}`, films);
    expect(found.map(({ code, line, column }) => ({ code, line, column }))).toEqual([
      { code: "Q-DUPLICATE-QUERY", line: 1, column: 7 },
      { code: "Q-DUPLICATE-QUERY", line: 2, column: 7 },
    ]);
  });

  test("every code of the query language has a test", () => {
    const provoked = new Set<string>(everything.map(({ provocation }) => provocation[0]));
    const warnings = [
      "L201",
      "Q-NO-PARAMETERS",
      "Q-UNUSED-PARAMETER",
      "Q-UNUSED-VARIABLE",
      "Q-CARTESIAN-PRODUCT",
    ];
    const elsewhere = new Set(["Q-DUPLICATE-QUERY", ...warnings]);
    expect(Object.keys(QUERY_CODES).filter((code) => !provoked.has(code) && !elsewhere.has(code))).toEqual(
      [],
    );
  });
});

test("an unknown escape in a string is named", () => {
  const [found] = diagnose('query a() { match { $s: Studio } return { "\\q" as t } }', films);
  expect(found?.message).toContain("\\q");
});

describe("what is reported together", () => {
  test("every root cause of a query is reported, in the order of the source", () => {
    const text =
      'query a() { match { $p: Person { mood: 1 } $p haunts $q $p.born > "x" } return { $p.name, $r.x, sum($p.name) as s } }';
    expect(diagnose(text, films).map(({ code }) => code)).toEqual(["T2", "T4", "T7", "T6", "T8"]);
  });

  test("an error that follows from another is not reported", () => {
    const ghost =
      "query a() { match { $x: Ghost { mood: 1 } $x haunts $y $y directed $z $x.a = $y.b } return { $x.c, $z.d } }";
    expect(diagnose(ghost, films).map(({ code }) => code)).toEqual(["T1", "T4"]);
  });

  test("a misspelt name gets the name that was meant", () => {
    const remedies = [
      "query a() { match { $f: Flim } return { $f.slug } }",
      "query a() { match { $f: Film } return { $f.slog } }",
      "query a() { match { $p: Person $p directd $f } return { $p.name } }",
      "query a($slug: String) { match { $f: Film { slug: $slgu } } return { $f.slug } }",
      "query a() { match { $film: Film } return { $flim.slug } }",
    ].map((text) => diagnose(text, films)[0]?.remedy);
    expect(remedies).toEqual([
      "Did you mean `Film`?",
      "Did you mean `slug`?",
      "Did you mean `directed`?",
      "Did you mean `$slug`?",
      "Did you mean `$film`?",
    ]);
  });

  test("the remedy for blobs says that they are loaded, and neither written nor returned by queries", () => {
    const written = 'query a($s: String) { update Paper set { scan: "x" } where slug = $s }';
    const returned = "query a() { match { $p: Paper } return { $p.scan } }";
    expect(diagnose(written, papers)[0]?.remedy).toContain("base64:");
    expect(diagnose(returned, papers)[0]?.remedy).toContain("`export`");
  });

  test("the remedy names the ends of an edge where other words are used for them", () => {
    const remedies = diagnose('insert Knows { src: "a", to: "b" }', films).map(({ remedy }) => remedy);
    expect(remedies).toContain("The ends of an edge are `from` and `to`.");
  });

  test("the marked line and the place count code points", () => {
    const [found] = diagnose(
      '// 🙂\nquery a() { match { $p: Person { name: "🙂", mood: 1 } } return { $p.name } }',
      films,
    );
    expect(found).toMatchObject({ code: "T2", line: 2, column: 45, file: "q.gq" });
    expect(found?.excerpt.split("\n")[1]).toMatch(/\^{4}$/);
  });
});
