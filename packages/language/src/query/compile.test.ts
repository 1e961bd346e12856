import { isError } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { compile, films, read } from "../../../../tests/support/graphs/compiled.ts";
import { catalogOf, PAPERS } from "../../../../tests/support/graphs/sample-schemas.ts";
import { compileQuery } from "./compile.ts";
import type { ReadQuery } from "./ir/typed-query.ts";

const papers = catalogOf(PAPERS);

/** Clauses in short: binds as `x:Type`, traversals as `x-edge->y`, with `~` before an edge that runs the other way than the first. */
function outline({ variables, clauses }: ReadQuery): readonly string[] {
  const name = (index: number): string => variables[index]?.name ?? `_${index}`;
  const show = (list: ReadQuery["clauses"]): readonly string[] =>
    list.map((clause) => {
      switch (clause.kind) {
        case "bind":
          return `${name(clause.variable)}:${clause.type.name}`;
        case "traverse": {
          const { from, to, edges, direction, startsAtTo, edgeVariable, hops } = clause;
          const bounds = hops.max === 1 ? "" : `{${hops.min},${hops.max === Infinity ? "*" : hops.max}}`;
          const bound = edgeVariable === null ? "" : `${name(edgeVariable)}:`;
          const names = edges.map(({ edge, reversed }) => `${reversed ? "~" : ""}${edge.name}`).join("|");
          const arrow = direction === "both" ? "--" : "->";
          return `${name(from)}-${bound}${names}${bounds}${arrow}${name(to)}${startsAtTo ? " from its end" : ""}`;
        }
        case "filter":
          return clause.operator;
        case "is_null":
        case "and":
        case "or":
          return clause.kind;
        case "not":
        case "optional":
        case "subquery":
          return `${clause.kind}(${show(clause.clauses).join(" ")})`;
      }
    });
  return show(clauses);
}

describe("traversals", () => {
  test.each([
    ["$p: Person $p directed $f", "p:Person f:Film p-Directed->f"],
    ["$f: Film $f directed $p", "f:Film p:Person p-Directed->f from its end"],
    ["$f: Film $p directed $f", "f:Film p:Person p-Directed->f"],
    ["$p directed $f", "p:Person f:Film p-Directed->f"],
    ["$p DIRECTED $f", "p:Person f:Film p-Directed->f"],
    ["$a knows $b", "a:Person b:Person a-Knows->b"],
    ["$a: Person $a <knows>{1,2} $b", "a:Person b:Person a-Knows{1,2}--b"],
    ["$a knows{2,*} $b", "a:Person b:Person a-Knows{2,*}->b"],
    ["$a: Person $a $w:<knows> $b", "a:Person b:Person a-w:Knows--b"],
    ["$c: Person $c knows $c", "c:Person c-Knows->c"],
    ["$p actedIn $_ $p directed $_", "p:Person _1:Film _2:Film p-ActedIn->_1 p-Directed->_2"],
    // A variable's type comes from wherever it is said, also from later on.
    ["$x directed $y $x: Film", "x:Film y:Person y-Directed->x from its end"],
    ["$x directed $y $z: Film $x actedIn $z", "x:Person y:Film z:Film x-Directed->y x-ActedIn->z"],
  ])("the traversal %s compiles to %s", (match, expected) => {
    expect(outline(read(match)).join(" ")).toBe(expected);
  });

  test.each([
    ["$p (directed | actedIn) $f", "p:Person f:Film p-Directed|ActedIn->f"],
    ["$f: Film $f (Directed|actedIn|directed) $p", "f:Film p:Person p-Directed|ActedIn->f from its end"],
    ["$a <(knows)>{1,2} $b", "a:Person b:Person a-Knows{1,2}--b"],
    ["$p: Person $f: Film $p * $f", "p:Person f:Film p-Directed|ActedIn->f"],
    ["$f * $p $p: Person $f: Film", "f:Film p:Person p-Directed|ActedIn->f from its end"],
    ["$a: Film $b: Film $a *{1,3} $b", "a:Film b:Film a-Follows{1,3}->b"],
    ["$a: Film $b: Film $a <*>{2,3} $b", "a:Film b:Film a-Follows{2,3}--b"],
    ["$a <*> $b $a: Person $b: Film", "a:Person b:Film a-Directed|ActedIn->b"],
    // What another traversal says of an end is a declaration too.
    [
      "$a * $b $a knows $_ $b madeBy $_",
      "a:Person b:Film _2:Person _3:Studio a-Directed|ActedIn->b a-Knows->_2 b-MadeBy->_3",
    ],
  ])("a choice of edges, %s, compiles to %s", (match, expected) => {
    expect(outline(read(match)).join(" ")).toBe(expected);
  });

  test("the edges of a choice run each as its types decide", () => {
    const catalog = catalogOf("node A {} node B {} edge Up: A -> B edge Down: B -> A edge Side: A -> A");
    const clauses = (match: string): string => outline(read(match, undefined, undefined, catalog)).join(" ");
    expect(clauses("$x: A $x (up | down) $y")).toBe("x:A y:B x-Up|~Down->y");
    expect(clauses("$x: B $x (up | down) $y")).toBe("x:B y:A y-Up|~Down->x from its end");
    expect(clauses("$x: B $y: A $x * $y")).toBe("x:B y:A y-Up|~Down->x from its end");
    expect(clauses("$x: A $y: A $x * $y")).toBe("x:A y:A x-Side->y");
  });

  test("a path is a variable with its length, and with its nodes where somebody asks for them", () => {
    const match = "$a knows{1,3} as $p $b $a <knows> as $q $c length($q) < length($p)";
    const { variables, columns } = read(match, "return { length($p), nodes($q) as stops, count($b) as n }");
    expect(variables.map(({ name, type }) => [name, type.kind === "path" ? type.traced : null])).toEqual([
      ["a", null],
      ["p", false],
      ["b", null],
      ["q", true],
      ["c", null],
    ]);
    expect(columns.map(({ name, expr }) => [name, expr])).toMatchObject([
      ["length(p)", { kind: "path", variable: 1, part: "length", type: { scalar: "I64", nullable: false } }],
      ["stops", { kind: "path", variable: 3, part: "nodes", type: { scalar: "String", list: true } }],
      ["n", { kind: "aggregate" }],
    ]);
  });

  test("`as` is a name like any other where an edge stands", () => {
    const catalog = catalogOf("node A {} edge As: A -> A");
    const shown = (match: string): string => outline(read(match, undefined, undefined, catalog)).join(" ");
    expect(shown("$x as $y")).toBe("x:A y:A x-As->y");
    expect(shown("$as as as $p $y")).toBe("as:A y:A as-As->y");
    expect(shown("$x as{1,2} as $as $y")).toBe("x:A y:A x-As{1,2}->y");
  });

  test("a quoted name is an edge, also in a choice, and between brackets", () => {
    const catalog = catalogOf("node A {} edge In: A -> A edge Or: A -> A");
    for (const edges of ['"in"', '("in" | "or")', '<"or">', "(in | or){1,2}"]) {
      const query = read(`$x ${edges} $y`, undefined, undefined, catalog);
      expect(query.clauses.at(-1)?.kind, edges).toBe("traverse");
    }
  });

  test("the name of an operator means an edge where there is one, else the operator", () => {
    const text = "query a($a: String, $b: String) { match { $f: Film $a contains $b } return { $f.slug } }";
    expect(compile(text)).toMatchObject({
      clauses: [{ kind: "bind" }, { kind: "filter", operator: "contains_text" }],
    });
    const graph = "query a() { match { $a: Paper $a contains $b } return { $b.slug } }";
    expect(compile(graph, papers)).toMatchObject({
      clauses: [
        { kind: "bind" },
        { kind: "bind" },
        { kind: "traverse", edges: [{ edge: { name: "Contains" } }] },
      ],
    });
  });
});

describe("blocks", () => {
  test("the variables of a block follow those of the enclosing block and are deeper", () => {
    const query = read("$p: Person not { $p directed $f not { $f madeBy $s } } $p knows $q");
    expect(query.variables.map(({ name, depth }) => [name, depth])).toEqual([
      ["p", 0],
      ["q", 0],
      ["f", 1],
      ["s", 2],
    ]);
    expect(outline(query)).toEqual([
      "p:Person",
      "q:Person",
      "not(f:Film p-Directed->f not(s:Studio f-MadeBy->s))",
      "p-Knows->q",
    ]);
  });

  test("an outer variable may be bound after the block that mentions it", () => {
    expect(outline(read("not { $p directed $_ } $p: Person"))).toEqual([
      "p:Person",
      "not(_1:Film p-Directed->_1)",
    ]);
  });

  test("the same name in two blocks is two variables", () => {
    const query = read("$p: Person not { $p directed $x } not { $p knows $x }");
    expect(query.variables.map(({ name, type }) => [name, "name" in type ? type.name : type.kind])).toEqual([
      ["p", "Person"],
      ["x", "Film"],
      ["x", "Person"],
    ]);
  });
});

describe("filters", () => {
  test("braces mean equality, or membership of a list", () => {
    const query = read('$f: Film { slug: "x", tags: $t, scores: 6 }', undefined, "$t: String");
    expect(query.clauses.slice(1)).toMatchObject([
      { operator: "=", left: { field: { property: { name: "slug" } } }, right: { value: "x" } },
      { operator: "contains_item", left: { type: { list: true } }, right: { kind: "parameter", name: "t" } },
      { operator: "contains_item", right: { value: 6 } },
    ]);
  });

  test("a literal in braces has the type of the property", () => {
    const query = read(
      '$f: Film { rating: 7, score32: 0.1, released: date("1970-01-02"), gross: 18446744073709551615 }',
    );
    expect(query.clauses.slice(1)).toMatchObject([
      { right: { value: 7, type: { scalar: "F64" } } },
      { right: { value: Math.fround(0.1), type: { scalar: "F32" } } },
      { right: { value: 1, type: { scalar: "Date" } } },
      { right: { value: 18446744073709551615n, type: { scalar: "U64" } } },
    ]);
  });

  test("a literal without a property is exact", () => {
    const query = read(
      "$f: Film $f.gross > 9007199254740993 $f.gross > 18446744073709551615 $f.minutes > 94.5",
    );
    expect(query.clauses.slice(1)).toMatchObject([
      { right: { value: 9007199254740993n, type: { scalar: "I64" } } },
      { right: { value: 18446744073709551615n, type: { scalar: "U64" } } },
      { right: { value: 94.5, type: { scalar: "F64" } } },
    ]);
  });

  test.each([
    '"NORTH and SOUTH" contains $s.code',
    '$s.code starts_with "N"',
    '["a", "b"] contains $s.code',
    "$f.minutes > $f.rating",
    "$f.colour > false",
    '$f.genre < "noir"',
    "100 < $f.minutes",
    "$f.title = $f.slug",
    "$f.premiere < now()",
    "$p.nickname = $n",
  ])("%s is a comparison", (filter) => {
    const query = read(`$s: Studio $f: Film $p: Person ${filter}`, undefined, "$n: String?");
    expect(query.clauses.at(-1)?.kind).toBe("filter");
  });
});

describe("return and order", () => {
  test("columns are named as written or by their alias", () => {
    const query = read("$f: Film", "return { $f.slug, $f, $f.title as t, $f.minutes }");
    expect(query.columns.map(({ name, shortName }) => [name, shortName])).toEqual([
      ["f.slug", "slug"],
      ["f", "f"],
      ["t", "t"],
      ["f.minutes", "minutes"],
    ]);
  });

  test("commas between columns may be left out", () => {
    const query = read(
      "$p: Person $p knows $q",
      "return { $p.name count($q) as friends } order { friends desc, $p.name }",
    );
    expect(query).toMatchObject({ grouped: true, limit: null });
    expect(query.order.map(({ column, descending }) => [column, descending])).toEqual([
      [1, true],
      [0, false],
    ]);
  });

  test("an order key that is not returned has no column", () => {
    const query = read("$p: Person", "return { $p.name as who } order { $p.born desc, $p.name } limit 3");
    expect(query.order.map(({ column }) => column)).toEqual([null, 0]);
    expect(query.limit).toBe(3);
  });

  test("no word is reserved", () => {
    const text =
      "query query($match: I32, $limit: I32) { match { $return: Person $order: Person $return.name = $order.name $return knows $not not { $return.alive = true } } return { $return.name as as, $order.name as order } order { as asc, order desc } limit 1 }";
    expect(compile(text)).toMatchObject({ name: "query", columns: [{ name: "as" }, { name: "order" }] });
  });

  test("a sum has the widest type of its sign", () => {
    const query = read(
      "$f: Film",
      "return { sum($f.minutes) as a, sum($f.votes) as b, sum($f.score32) as c, max($f.title) as d }",
    );
    expect(query.columns.map(({ expr }) => expr.type.scalar)).toEqual(["I64", "U64", "F64", "String"]);
  });
});

describe("sources of several queries", () => {
  const source = {
    file: "two.gq",
    text: "query a() { match { $s: Studio } return { $s.code } } query b() { match { $x: Ghost } return { $x.y } }",
  };

  function failure(run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      return isError(error)
        ? { reason: error.reason, message: error.message, details: error.details }
        : error;
    }
  }

  test("errors of other queries do not matter", () => {
    expect(compileQuery(source, films, "a").query.name).toBe("a");
    expect(failure(() => compileQuery(source, films, "b"))).toMatchObject({
      reason: "query_invalid",
      details: { diagnostics: [{ code: "T1", line: 1, column: source.text.indexOf("Ghost") + 1 }] },
    });
  });

  test("a name is needed, and must exist", () => {
    expect(failure(() => compileQuery(source, films))).toMatchObject({
      reason: "query_name_required",
      details: { queries: ["a", "b"] },
    });
    expect(failure(() => compileQuery(source, films, "c"))).toMatchObject({
      reason: "query_not_found",
      details: { queries: ["a", "b"] },
    });
    expect(failure(() => compileQuery({ file: "e.gq", text: "" }, films))).toMatchObject({
      reason: "query_not_found",
      message: expect.stringMatching(/^e\.gq is empty\. Write `match \{ … \} return \{ … \}`/u),
    });
  });

  test("annotations are kept", () => {
    const text =
      'query a() @description("Find \\"it\\"") @instruction("Use codes") { match { /* two */ $s: Studio } return { $s.code, } }';
    expect(compile(text)).toMatchObject({ description: 'Find "it"', instruction: "Use codes" });
  });
});
