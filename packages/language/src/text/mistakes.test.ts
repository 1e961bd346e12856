import { describe, expect, test } from "vitest";
import { catalogOf, FILMS } from "../../../../tests/support/graphs/sample-schemas.ts";
import { compileQueries } from "../query/compile.ts";
import { checkSchema } from "../schema/compile.ts";
import type { Diagnostic } from "./source.ts";

const films = catalogOf(FILMS);

/** What people type: the place of the one finding is marked by `«…»`, and what the finding says holds the phrase. */
type Mistake = readonly [marked: string, phrase: string];

const read = (clauses: string): string => `match { $f: Film ${clauses} } return { $f.slug }`;
const after = (rest: string): string => `match { $f: Film } return { $f.slug } ${rest}`;

const IN_QUERIES: readonly Mistake[] = [
  // Operators of other languages.
  [read('$f.slug «==» "x"'), "Write `=`"],
  [read('$f.slug «<>» "x"'), "Write `!=`"],
  [read("$f.minutes «=>» 3"), "`>=`"],
  [read("«!»$f.colour"), "`not { … }`"],
  [read("$f.minutes > 3 «&»& $f.minutes < 9"), "`and` in lower case"],
  [read("$f.minutes > 3 «AND» $f.minutes < 9"), "`and` in lower case"],
  [read("$f.minutes > 3 «|»| $f.minutes < 9"), "`or` in lower case"],
  [read('$f.slug = "x" «OR» $f.slug = "y"'), "`or` in lower case"],
  [read("$f madeBy $s «and» $f.minutes > 3"), "patterns follow one another"],
  [read('$f.genre «IN» ["noir"]'), "`in` in lower case"],
  [read('$f.genre «not» in ["noir"]'), "before the condition"],
  [read("$f.rating «IS» NULL"), "`$x.p is null`"],
  [read("$f.rating is «NULL»"), "`$x.p is null`"],
  [read("$f.rating = «null»"), "`$x.p is null`"],
  [read("$f.colour = «True»"), "Write `true`"],
  [read('$f.title «like» "x%"'), '`contains "x"`'],
  [read("$f.minutes «between» 1 and 9"), "two conditions"],
  [read("not «$»f madeBy $s"), "in braces: `not { … }`"],
  [read('«trim(»$f.title) = "x"'), "There is no function `trim`"],
  [read("«coutn(»$f.title) > 1"), "Did you mean `count`?"],
  ["match { $f: Film $f.minutes in [«-» 3] } return { $f.slug }", "directly before the digits"],
  ["match { $f: Film $f.minutes in [«-»-3] } return { $f.slug }", "directly before the digits"],
  [read("$f.rating > «.»5"), "`0.5`"],
  // Quotes, signs and commas.
  [read("$f.slug = «'»x'"), "double quotes"],
  [read('«,» $f.slug = "x"'), "Leave the comma out"],
  ["match { $f: Film }«;» return { $f.slug }", "Leave the `;` out"],
  ["«#» all films\nmatch { $f: Film } return { $f.slug }", "`// …`"],
  // Patterns of other languages.
  ["«MATCH» (a)-[:KNOWS]->(b) RETURN a", "`match { $a: Person $a knows $b } return"],
  ["match «(»a:Person)-[:KNOWS]->(b) return b", "`match { $a: Person $a knows $b } return"],
  ["match { $p: Person $p «-»[:knows]-> $q } return { $q.name }", "`$a knows $b`"],
  ["match { $p: Person $p «<-»knows- $q } return { $q.name }", "`$a knows $b`"],
  ["«SELECT» * FROM Film", "match { $f: Film }"],
  ["«CREATE» (p:Person)", "insert Type"],
  [read("«where» $f.minutes > 3"), "Conditions stand in match"],
  ["match { $f: Film } «where» $f.minutes > 3 return { $f.slug }", "Conditions stand in match"],
  [read("«any» { $f madeBy $s }"), "Every clause of match must hold"],
  [read("$f.madeBy «$»s"), "`$a knows $b`"],
  [read("$f madeBy «}»").replace(" } return", " return"), "leads to a variable"],
  ["match { $a knows{1«}» $b } return { $b.name }", "`{min,max}`"],
  ["match { «shortest» $a knows{1,*} $b } return { $b.name }", "`$a edge{1,*} as $p $b`"],
  ["match { «shortestPath(»$a knows $b) } return { $b.name }", "`length($p)`"],
  ["match { $a knows«*» $b } return { $b.name }", "`$a edge{1,3} $b`"],
  ["match { $a knows«*»1..3 $b } return { $b.name }", "`$a edge{1,3} $b`"],
  ["match { $f: Film { minutes «>» 3 } } return { $f.slug }", "a clause of its own"],
  ["match { $f: Film } return { $f.minutes «%» 2 }", "no remainder"],
  [read("$f.minutes + 1 «%» 2 > 3"), "no remainder"],
  ["match { $f: Film } return { count(«DISTINCT» $f.genre) as n }", "in lower case"],
  [after("having «count»($f) > 3"), "`having { … }`"],
  [after("«HAVING» count($f) > 3"), "behind the columns"],
  // Words.
  ["«macth» { $f: Film } return { $f.slug }", "Did you mean `match`?"],
  ["match { $f: Film } «retrun» { $f.slug }", "Did you mean `return`?"],
  ["match { $f: Film } «RETURN» { $f.slug }", "lower case: `return`"],
  [after("«oder» { $f.slug }"), "Did you mean `order`?"],
  [after("order «by» $f.slug"), "`order { $x.p desc }`"],
  [after("order { $f.slug «descending» }"), "Write `desc`"],
  [after("order { $f.slug «ASCENDING» }"), "Write `asc`"],
  [after("order { «foo» }"), "`$x.p as foo`"],
  [after("order { «slug» }"), "Write `$f.slug`"],
  [after("«skip» 3"), "`$x.p > $last`"],
  ["«return» { $f.slug } match { $f: Film }", "comes first"],
  ["query q() { match { $f: Film } «}»", "return { $x.p }"],
  // Sigils and braces.
  ["match { «f:» Film } return { $f.slug }", "A variable begins with `$`: `$f`"],
  ["match { $f: Film } return { «f.»slug }", "A variable begins with `$`: `$f`"],
  ["query q(«n»: String) { match { $f: Film } return { $f.slug } }", "A parameter begins with `$`: `$n`"],
  ["match { $f: Film { slug: «x» } } return { $f.slug }", '`"x"` for text'],
  ["match { $f: «film» } return { $f.slug }", "upper-case letter: `Film`"],
  ["match «$»f: Film return { $f.slug }", "in braces: `match { … }`"],
  ["match { $f: Film } return «$»f.slug", "in braces: `return { … }`"],
  ["match { $f: Film } return «*»", "Name what is returned"],
  ["match { $f: Film } return { count(«*») as n }", "`count($x)`"],
  ['match { $f: Film } return { $f.slug «as» "name" }', "`$x.p as name`"],
  ["query q() { match { $f: Film } return { $f.slug }«»", "Close the `{` of line 1"],
  ["query q() { match { $f: Film } return { $f.slug } } «}»", "stands too early"],
  ["query q «{» match { $f: Film } return { $f.slug } }", "`query name() { … }`"],
  ["query«(») { match { $f: Film } return { $f.slug } }", "Give the query a name"],
  [
    "query q() { match { $f: Film } return { $f.slug } } «match» { $f: Film } return { $f.slug }",
    "stands alone",
  ],
  // Types.
  ["query q($n: «Int») { match { $f: Film } return { $f.slug } }", "Write `I32` or `I64`"],
  ["query q($n: «Boolean») { match { $f: Film } return { $f.slug } }", "Write `Bool`"],
  ["query q($n: «string») { match { $f: Film } return { $f.slug } }", "Did you mean `String`?"],
  ["query q($n: «Timestamp») { match { $f: Film } return { $f.slug } }", "Write `DateTime`"],
  [read('«$f.released = "2024-01-31"»'), '`date("2024-01-31")`'],
  [read('«$f.premiere > "soon"»'), '`datetime("2026-01-31T00:00:00Z")`'],
  [read("«$f.released < now()»"), "`$today: Date`"],
  [read('«$f.minutes = "94"»'), "without quotes"],
  ["query q($d: String) { match { $f: Film «$f.released = $d» } return { $f.slug } }", "`$d: Date`"],
  ['match { $f: Film { released: «"2024-01-31"» } } return { $f.slug }', '`date("2024-01-31")`'],
  ['match { $f: Film { genre: «"western"» } } return { $f.slug }', '"drama", "comedy", "sci-fi", "noir"'],
  // Mutations.
  ['delete «from» Note where text = "x"', "`delete Type where"],
  ['delete Note where text «IN» ["x"]', "in lower case"],
  ['update Note set { stars: «star» + 1 } where text = "x"', "Did you mean `stars`?"],
  ["insert Note { text: «x» }", 'Text stands in double quotes, `"x"`'],
  ["match { $n: Note } «delete» $n", "What is read changes nothing"],
  ["match { $n: Note } «set» $n.stars = 3", "What is read changes nothing"],
  ['insert «into» Note { text: "x" }', "`insert Type { … }`"],
  ['insert Note «(»text: "x")', "Values stand in braces"],
  ['insert Note { text «=» "x" }', "joined by `:`"],
  ['insert Note { text: "x", stars: «NULL» }', "`set { p: null }`"],
  ['update Note set «stars» = 3 where text = "x"', "Values stand in braces"],
  ['update Note «{» stars: 3 } where text = "x"', "`update Type set"],
  ["update Note set { stars: 3 }«»", "`where property = value`"],
  ['delete Note «{» text: "x" }', "`delete Note where"],
  ['delete Note where «$»n.text = "x"', "names the property alone"],
  ['delete Note where text = "x" «AND» stars = 3', "joined by `and`"],
  ['delete Note where text = "x" «&»& stars = 3', "joined by `and`"],
  ['delete Note where text = "x" «OR» stars = 3', "joined by `and` and `or`"],
  ['insert Note { text: "x" }«,» insert Note { text: "y" }', "Leave the comma out"],
  ["query q() { «}»", "or statements"],
  ["«foo»", "`query`, `match`, `insert`, `upsert`, `update`, `delete` or the end"],
  ['«merge» Film { slug: "x" }', "`upsert Type { … }`"],
];

const IN_SCHEMAS: readonly Mistake[] = [
  ["node P { name: String«,» age: I32 }", "Leave the comma out"],
  ["node P { name: String«;» }", "Leave the `;` out"],
  ["«Node» P { name: String }", "lower case: `node`"],
  ["«type» P { name: String }", "node Person"],
  ["«CREATE» TABLE p (a int)", "node Person"],
  ["node P { name «String» }", "Write `name: String`"],
  ["node P { name: String«!» }", "unless its type ends with `?`"],
  ["node P { name: String «not» null }", "unless its type ends with `?`"],
  ['node P { name: String «=» "x" }', "`@default(value)`"],
  ["node P { name: String «key» }", "begins with `@`"],
  ["node P { age: «Int» }", "Write `I32` or `I64`"],
  ["node P { age: «Float» }", "Write `F64` or `F32`"],
  ["node P { ok: «Boolean» }", "Write `Bool`"],
  ["node P { at: «Timestamp» }", "Write `DateTime`"],
  ["node P { name: «string» }", "Did you mean `String`?"],
  ["node P { tags: «List<»String> }", "`[String]`"],
  ["node P { tags: «String[»] }", "`[String]`"],
  ["node P { v: «Vector[»4] }", "`Vector(4)`"],
  ["node P { v: «Vector» }", "length of your vectors"],
  ["node P { name: String «primary» key }", "`sku: String @key`"],
  ["node P { age: I32 @range(«0»..9) }", "`@range(age, 0..150)`"],
  ['node P { name: String @check(«"»^a") }', '`@check(slug, "'],
  ["edge Made«(»P -> P) node P { a: I32 }", "`edge Knows: Person -> Person`"],
  ['node P { g: enum(«"»a", "b") }', "bare words"],
  ["node P «(»name: String)", "in braces"],
  ["node P «extends» Q { a: I32 }", "implements"],
  ["node P «:» Q { a: I32 }", "implements"],
  ["node P { a: I32 @range(a, 0«-»10) }", "`min..max`"],
  ["node P { a: String @default(«'»x') }", "double quotes"],
  ["node P { «@»keys(a) a: I32 }", "Did you mean `@key`?"],
  ["node P { a: I32 b: I32 «@keys»(a, b) }", "Did you mean `@key`?"],
  ["node P { a: I32 } edge K: P -> P «@car»(0..1)", "Did you mean `@card`?"],
  ["edge K: P«»", "has two ends"],
  ["edge K «P» -> P", "edge Knows: Person -> Person"],
  ["edge K: P «=»> P", "`->`"],
  ["node P { name: String«»", "Close the `{` of line 1"],
  ["node P { a: I32 } «}»", "stands too early"],
  ["node «{» a: I32 }", "Give the type a name"],
  ["«#» x\nnode P { a: I32 }", "`// …`"],
];

function check(marked: string, phrase: string, find: (text: string) => readonly Diagnostic[]): void {
  const start = marked.indexOf("«");
  const end = marked.indexOf("»") - 1;
  const found = find(marked.replace("«", "").replace("»", ""));
  expect(found.map(({ span }) => span)).toEqual([{ start, end }]);
  const [one] = found;
  expect(`${one?.message} ${one?.remedy}`).toContain(phrase);
  expect(one?.remedy).not.toBe("");
}

describe("a mistake that people make is marked where it is, and its finding says what was meant", () => {
  test.each(IN_QUERIES)("the finding for %s says %s", (marked, phrase) => {
    check(marked, phrase, (text) => {
      const { queries, diagnostics } = compileQueries({ file: "q.gq", text }, films);
      return [...diagnostics, ...queries.flatMap((query) => query.diagnostics)];
    });
  });

  test.each(IN_SCHEMAS)("in a schema the finding for %s says %s", (marked, phrase) => {
    check(marked, phrase, (text) => checkSchema({ file: "s.pg", text }).diagnostics);
  });
});
