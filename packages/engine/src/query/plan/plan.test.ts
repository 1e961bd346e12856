import type { Need } from "../../view/view.ts";
import { isError } from "@omnigraph/base";
import { compileQuery } from "@omnigraph/language";
import { describe, expect, it } from "vitest";
import { HARBOUR_SCHEMA } from "../../../../../tests/support/graphs/read-graph.ts";
import { catalogOf } from "../../../../../tests/support/graphs/write-graph.ts";
import { compilePlan, type Plan, type Sizes } from "../prepared-plan.ts";

const CATALOG = catalogOf(HARBOUR_SCHEMA);

function planOf(text: string, catalog = CATALOG): Plan {
  const { query } = compileQuery({ file: "q.gq", text: `query q($x: String) ${text}` }, catalog);
  if (query.kind !== "read") throw new TypeError("a read is needed");
  return compilePlan(query);
}

/** Sizes by type name; ten where none is given. */
function sizes(given: Readonly<Record<string, number>> = {}): Sizes {
  return { count: (type) => given[type.name] ?? 10 };
}

function print(text: string, given: Readonly<Record<string, number>> = {}): string[] {
  return planOf(text).print(sizes(given)).split("\n");
}

describe("plans", () => {
  it("a plan starts where a key is fixed by equalities on all its parts", () => {
    expect(print("{ match { $a knows $b $b: Sailor { name: $x } } return { $a.height } }")).toEqual([
      "look up $b: Sailor",
      "  key = $x",
      "expand $b Knows in $a",
    ]);
    expect(print('{ match { $l: Leg { number: 1, from: "N" } } return { $l.label } }')).toEqual([
      "look up $l: Leg",
      '  key = "N", 1',
    ]);
    expect(print("{ match { $l: Leg { number: 1 } } return { $l.label } }")).toEqual([
      "scan $l: Leg",
      "  where $l.number = 1",
    ]);
  });

  it("a choice of edges is one step, which reads each type as it runs", () => {
    const catalog = catalogOf(
      "node A { p: I32 } node B {} edge Up: A -> B edge Down: B -> A edge Side: A -> A",
    );
    const choice = planOf("{ match { $a: A $b: B $a (up | down) $b } return { $a.p } }", catalog);
    expect(choice.print(sizes({ A: 2 }))).toBe("scan $a: A\n  count $a (Up | Down) out $b");
    const needs = choice.ordered(sizes({ A: 2 })).needs;
    expect(needs.map(({ type, out, in: against }) => [type.name, out, against])).toEqual([
      ["A", false, false],
      ["Up", true, false],
      ["Down", false, true],
      ["B", false, false],
    ]);
    const loop = planOf("{ match { $a: A $a * $a } return { $a.p } }", catalog);
    expect(loop.print(sizes())).toBe("scan $a: A\n  where Side leads to itself");
  });

  it("a plan starts at the end of an edge that is fixed, and finds an edge by its id without reading ids", () => {
    expect(print("{ match { $a $w: knows $b $w.@dst = $x } return { $w.@id } }")).toEqual([
      "look up $b: Sailor",
      "  id = $x",
      "expand $b $w:Knows in $a",
    ]);
    const byId = planOf("{ match { $a $w: knows $b $w.@id = $x } return { count($a) as n } }");
    expect(byId.print(sizes())).toContain("where $w.@id = $x");
    const needs = byId.ordered(sizes()).needs.find(({ type }) => type.name === "Knows");
    expect(needs).toMatchObject({ keys: true, ids: false });
  });

  it("a plan without a fixed key starts where the fewest rows are expected, and follows the growth of the types", () => {
    const text = "{ match { $p: Sailor $p commands $s } return { $p.name, $s.name } }";
    const plan = planOf(text);
    expect(plan.print(sizes({ Sailor: 1000, Ship: 4, Commands: 50 }))).toBe(
      "scan $s: Ship\nexpand $s Commands in $p",
    );
    expect(plan.print(sizes({ Sailor: 4, Ship: 1000, Commands: 50 }))).toBe(
      "scan $p: Sailor\nexpand $p Commands out $s",
    );
  });

  it("a plan keeps its order and its needs while sizes stay similar", () => {
    const plan = planOf("{ match { $p: Sailor $p commands $s } return { $p.name, $s.name } }");
    const first = plan.ordered(sizes({ Sailor: 1000 }));
    expect(plan.ordered(sizes({ Sailor: 1001 }))).toBe(first);
    expect(plan.ordered(sizes({ Sailor: 9000 }))).not.toBe(first);
  });

  it("parts that are only counted are not enumerated", () => {
    expect(print("{ match { $a: Sailor $a knows $b $b knows $c } return { count($c) as n } }")).toEqual([
      "times",
      "  scan $b: Sailor",
      "    count $b Knows in $a",
      "    count $b Knows out $c",
    ]);
    expect(
      print(
        "{ match { $a: Sailor $a knows $b } return { $b.name, count($a) as n } order { n desc } limit 10 }",
      ),
    ).toEqual(["scan $b: Sailor", "  count $b Knows in $a"]);
    expect(
      print("{ match { $p: Sailor $p $w:sailsOn $s $w.watch = 1 } return { $s.name, count($p) as n } }"),
    ).toEqual(["scan $s: Ship", "  count $s $w:SailsOn in $p", "    where $w.watch = 1"]);
  });

  it("branches are counted from the known node, whatever hangs on it", () => {
    expect(
      print("{ match { $a: Sailor { name: $x } $a knows $b $b knows{1,3} $c } return { count($c) as n } }"),
    ).toEqual([
      "times",
      "  look up $a: Sailor",
      "    key = $x",
      "    count $a Knows out $b",
      "      count $b Knows{1,3} out $c",
    ]);
  });

  it("variables that are read are enumerated: for properties, tie breakers, and both sides of a comparison", () => {
    expect(
      print("{ match { $a: Sailor $a knows $b } return { avg($b.height) as m, max($a.height) as n } }"),
    ).toEqual(["scan $a: Sailor", "expand $a Knows out $b"]);
    expect(print("{ match { $a: Sailor $a knows $b $a.height > $b.height } return { $b.name } }")).toEqual([
      "scan $a: Sailor",
      "expand $a Knows out $b",
      "filter $a.height > $b.height",
    ]);
    expect(print("{ match { $a: Sailor $a knows $b } return { $b.name } order { $b.height } }")).toEqual([
      "scan $a: Sailor",
      "expand $a Knows out $b",
    ]);
    expect(print("{ match { $a: Sailor $a knows $b } return { $a.name } order { $a.height } }")).toEqual([
      "scan $a: Sailor",
      "  count $a Knows out $b",
    ]);
  });

  it("cycles are closed from the end that was bound first", () => {
    expect(
      print(
        "{ match { $a: Sailor $a knows $b $b knows $c $c knows $a } return { $a.name, $b.name, $c.name } }",
      ),
    ).toEqual([
      "scan $a: Sailor",
      "expand $a Knows out $b",
      "expand $b Knows out $c",
      "close $a Knows in $c",
    ]);
  });

  it("a negation about one entity is a condition, any other an anti-join", () => {
    expect(
      print("{ match { $p: Sailor not { $p commands $s not { $s homePort $h } } } return { $p.name } }"),
    ).toEqual([
      "scan $p: Sailor",
      "  never",
      "    count $p Commands out $s",
      "      never",
      "        count $s HomePort out $h",
    ]);
    expect(
      print("{ match { $p: Sailor $p sailsOn $s not { $p commands $s } } return { $p.name, $s.name } }"),
    ).toEqual(["scan $p: Sailor", "expand $p SailsOn out $s", "without", "  close $p Commands out $s"]);
  });

  it("unconnected parts are paired last, and those that are only counted are factors", () => {
    expect(
      print("{ match { $h: Harbour $n: Note $h.city = $n.text } return { $h.code, $n.text } }", { Note: 3 }),
    ).toEqual(["scan $n: Note", "cross $h: Harbour", "filter $h.city = $n.text"]);
    expect(print("{ match { $h: Harbour $n: Note } return { $h.code } }")).toEqual([
      "scan $h: Harbour",
      "times",
      "  scan $n: Note",
    ]);
  });

  it("conditions on parameters alone come first", () => {
    expect(print('{ match { $n: Note $x = "a" } return { $n.text } }')).toEqual([
      'guard $x = "a"',
      "cross $n: Note",
    ]);
  });

  it("a plan needs what it reads, and no more", () => {
    const needs = planOf(
      "{ match { $a: Sailor { name: $x } $a knows $b } return { $b.height, count($a) as n } }",
    ).ordered(sizes()).needs;
    const shown = needs.map((need) => ({
      type: need.type.name,
      columns: [...need.columns].map((id) => need.type.propertyById.get(id)?.name),
      uses: (["keys", "ids", "out", "in", "ends"] as const).filter((use) => need[use]),
    }));
    expect(shown).toEqual([
      { type: "Sailor", columns: ["height"], uses: ["keys"] },
      { type: "Knows", columns: [], uses: ["out"] },
    ]);
  });

  it("searches and rankings are conditions on their nodes, and terms are what a search needs of a text", () => {
    const catalog = catalogOf(
      "node Note { text: String title: String? vec: Vector(2) } edge Cites: Note -> Note",
    );
    const plan = planOf(
      '{ match { $n: Note $n cites $m search($m.title, "x") } return { $n.text } order { bm25($n.text, $x), nearest($n.vec, [1, 2]) } limit 1 }',
      catalog,
    );
    expect(plan.print(sizes()).split("\n")).toEqual([
      "scan $m: Note",
      '  where search($m.title, "x")',
      "expand $m Cites in $n",
      "  where bm25($n.text, $x) > 0",
      "  where nearest($n.vec, [1,2]) is not null",
    ]);
    const [note] = plan.ordered(sizes()).needs;
    const named = (ids: Need["columns"]): string =>
      note!.type.properties
        .filter(({ id }) => ids.has(id))
        .map(({ name }) => name)
        .join(" ");
    expect(note && [named(note.terms), named(note.columns)]).toEqual(["text title", "text vec"]);
  });

  it("nearest of a text is refused, since nothing embeds it", () => {
    const catalog = catalogOf("node Note { text: String vec: Vector(2) }");
    const text = '{ match { $n: Note } return { $n.text } order { nearest($n.vec, "x") } limit 1 }';
    expect(() => planOf(text, catalog)).toThrow(expect.toSatisfy((error) => isError(error, "not_available")));
  });
});
