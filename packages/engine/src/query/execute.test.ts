import { describe, expect, it } from "vitest";
import { linesOf, ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";

const graph = await ReadGraph.harbour();
const rows: ReadGraph["rows"] = (text, parameters) => graph.rows(text, parameters);

describe("bindings and filters", () => {
  it("an entity is looked up by its key, with every scalar type in the answer", async () => {
    const text =
      "($n: String) { match { $s: Ship { name: $n } } return { $s.launched, $s.docked, $s.crew, $s.cargo, $s.serial, $s.speed, $s.draught, $s.berths, $s.steam, $s.class, $s.ports, $s.depths } }";
    expect(await rows(text, { n: "brig" })).toEqual([
      [
        "1851-03-02",
        "1901-03-02T19:30:00.000Z",
        94,
        1200000,
        5400000,
        7.5,
        0.5,
        1200,
        false,
        "three-mast",
        ["oslo", "porto"],
        [7, 8, 9],
      ],
    ]);
    expect(await rows(text, { n: "aurora" })).toEqual([
      [
        "1901-05-01",
        "1950-01-02T03:04:05.006Z",
        132,
        9007199254740993n,
        18446744073709551615n,
        8.5,
        null,
        4294967295,
        true,
        "ferry",
        ["oslo", "a%b"],
        [],
      ],
    ]);
    expect(await rows(text, { n: "étoile 100%_" })).toEqual([
      [null, null, 0, null, null, null, null, null, false, null, null, null],
    ]);
    expect(await rows(text, { n: "nothing" })).toEqual([]);
  });

  it("an entity is looked up by a key of several properties, whatever the order of filters", async () => {
    expect(await rows('{ match { $l: Leg { number: 2, from: "NORTH" } } return { $l.label, $l } }')).toEqual([
      ["back", '["NORTH","2"]'],
    ]);
    expect(await rows('{ match { $l: Leg { number: 3, from: "NORTH" } } return { $l.label } }')).toEqual([]);
    expect(await rows("{ match { $l: Leg { number: 2 } } return { $l.label } }")).toEqual(["back"]);
  });

  it("a second, contradicting condition on the key is kept", async () => {
    expect(await rows('{ match { $s: Ship { name: "brig" } $s.name = "gig" } return { $s.crew } }')).toEqual(
      [],
    );
    expect(await rows('{ match { $s: Ship { name: "brig" } $s.crew > 90 } return { $s.crew } }')).toEqual([
      94,
    ]);
    expect(await rows('{ match { $s: Ship { name: "brig" } $s.crew > 94 } return { $s.crew } }')).toEqual([]);
  });

  it("a bare variable returns the id", async () => {
    expect(await rows("{ match { $n: Note } return { $n, $n.text } order { $n.text } }")).toEqual([
      ["n2", "lost anchor"],
      ["n1", "restored sail"],
    ]);
  });

  it.each([
    ["$s.steam = true", ["aurora", "aurora-2", "gig"]],
    ['$s.class = "ferry"', ["aurora", "aurora-2"]],
    ['$s.class != "three-mast"', ["aurora", "aurora-2", "dinghy", "gig"]],
    ['$s.class < "three-mast"', ["aurora", "aurora-2"]],
    ['$s.launched = date("1862-07-14")', ["dinghy", "gig"]],
    ['$s.launched >= date("1862-07-14")', ["aurora", "aurora-2", "dinghy", "gig"]],
    ['$s.docked < datetime("1905-11-20T21:00:00.250Z")', ["brig"]],
    ["$s.docked < now()", ["aurora", "brig", "clipper", "dinghy"]],
    ['$s.ports contains "oslo"', ["aurora", "brig", "clipper", "gig"]],
    ['$s.ports contains "🙂"', ["dinghy"]],
    ["$s.depths contains 6", ["clipper"]],
    ['$s.name contains "r"', ["aurora", "aurora-2", "brig", "clipper"]],
    ['$s.name contains "%_"', ["étoile 100%_"]],
    ['$s.name contains ""', ["aurora", "aurora-2", "brig", "clipper", "dinghy", "gig", "étoile 100%_"]],
    ['$s.name starts_with "aurora"', ["aurora", "aurora-2"]],
    ['$s.name starts_with "étoile 100%"', ["étoile 100%_"]],
    ['"brig and gig" contains $s.name', ["brig", "gig"]],
    ["$s.crew > 94", ["aurora", "aurora-2", "clipper"]],
    ["$s.crew > 94.5", ["aurora", "aurora-2", "clipper"]],
    ["$s.crew >= 88 $s.crew <= 101", ["brig", "clipper", "dinghy", "gig"]],
    ["100 < $s.crew", ["aurora", "aurora-2", "clipper"]],
    ["$s.speed = 8.5", ["aurora", "aurora-2"]],
    ["$s.speed >= 7", ["aurora", "aurora-2", "brig"]],
    ["$s.cargo >= 9007199254740993", ["aurora"]],
    ["$s.cargo > 9007199254740993", []],
    ["$s.serial > 9100000", ["aurora"]],
    ["$s.serial >= 18446744073709551615", ["aurora"]],
    ["$s.draught >= 0.25", ["brig", "clipper"]],
    ["$s.crew > $s.speed", ["aurora", "aurora-2", "brig", "clipper", "dinghy", "gig"]],
    ["1 < 2", ["aurora", "aurora-2", "brig", "clipper", "dinghy", "gig", "étoile 100%_"]],
    ["2 < 1", []],
  ])("rows are filtered by %s", async (filter, expected) => {
    expect(await rows(`{ match { $s: Ship ${filter} } return { $s.name } order { $s.name } }`)).toEqual(
      expected,
    );
  });

  it("a comparison with null matches nothing, on either side", async () => {
    const text = "($n: String?) { match { $p: Sailor $p.nickname = $n } return { $p.name } }";
    expect(await rows(text, { n: null })).toEqual([]);
    expect(await rows(text)).toEqual([]);
    expect(await rows(text, { n: "Vee" })).toEqual(["Ines"]);
    expect(await rows(text, { n: "" })).toEqual(["Ada"]);
    expect(await rows("($n: String?) { match { $p: Sailor $p.nickname != $n } return { $p.name } }")).toEqual(
      [],
    );
  });

  it("constants and parameters are returned beside properties", async () => {
    const text =
      '($x: String) { match { $h: Harbour { code: "NORTH" } } return { $h.code, "text" as t, 7 as i, 1.5 as f, true as b, [1, 2] as l, date("2024-02-29") as d, $x as given } }';
    expect(await rows(text, { x: "é🙂" })).toEqual([
      ["NORTH", "text", 7, 1.5, true, [1, 2], "2024-02-29", "é🙂"],
    ]);
  });

  it("unconnected variables are paired", async () => {
    const text = "{ match { $h: Harbour $n: Note } return { $h.code, $n.text } order { $h.code, $n.text } }";
    expect(await rows(text)).toEqual(
      ["EMPTY", "NORTH", "SOUTH"].flatMap((code) => [
        [code, "lost anchor"],
        [code, "restored sail"],
      ]),
    );
    const compared =
      '{ match { $a: Ship { name: "brig" } $b: Ship $b.crew < $a.crew } return { $b.name } order { $b.name } }';
    expect(await rows(compared)).toEqual(["dinghy", "gig", "étoile 100%_"]);
  });
});

describe("traversals", () => {
  it("a traversal takes its direction from the types", async () => {
    expect(
      await rows(
        '{ match { $p: Sailor { name: "Ada" } $p commands $s } return { $s.name } order { $s.name } }',
      ),
    ).toEqual(["aurora", "aurora-2"]);
    expect(
      await rows(
        '{ match { $s: Ship { name: "aurora-2" } $p commands $s } return { $p.name } order { $p.name } }',
      ),
    ).toEqual(["Ada", "Bo"]);
  });

  it("a traversal reaches each node once, however many edges lead there", async () => {
    expect(
      await rows(
        '{ match { $p: Sailor { name: "Tom" } $p sailsOn $s } return { $s.name } order { $s.name } }',
      ),
    ).toEqual(["brig", "clipper"]);
    expect(
      await rows('{ match { $p: Sailor { name: "Tom" } $p sailsOn $s } return { count($s) as n } }'),
    ).toEqual([2]);
    expect(
      await rows('{ match { $p: Sailor { name: "Tom" } $p $w:sailsOn $s } return { count($s) as n } }'),
    ).toEqual([3]);
  });

  it("each match is one row, so an anonymous end repeats the other", async () => {
    const found = await rows("{ match { $p: Sailor $p commands $_ } return { $p.name } }");
    expect(linesOf(found)).toEqual(["Ada", "Ada", "Bo", "Cleo", "Ines", "Ines"]);
    expect(
      await rows("{ match { $p: Sailor $p commands $_ } return { $p.name } order { $p.name desc } limit 3 }"),
    ).toEqual(["Ines", "Ines", "Cleo"]);
  });

  it("traversals close cycles and join on shared variables", async () => {
    expect(
      await rows(
        "{ match { $a: Sailor $a knows $b $b knows $a } return { $a.name, $b.name } order { $a.name } }",
      ),
    ).toEqual([
      ["Cleo", "Cleo"],
      ["Ines", "Tom"],
      ["Tom", "Ines"],
    ]);
    expect(await rows("{ match { $c: Sailor $c knows $c } return { $c.name } }")).toEqual(["Cleo"]);
    expect(
      await rows(
        "{ match { $a: Sailor $a commands $s $a sailsOn $s } return { $a.name, $s.name } order { $s.name } }",
      ),
    ).toEqual([
      ["Ada", "aurora"],
      ["Bo", "aurora-2"],
      ["Ines", "brig"],
      ["Cleo", "gig"],
    ]);
    const pairs =
      "{ match { $a: Sailor $b: Sailor $a sailsOn $s $b sailsOn $s $a.name < $b.name } return { $a.name, $b.name, $s.name } order { $s.name } }";
    expect(await rows(pairs)).toEqual([
      ["Ada", "Bo", "aurora"],
      ["Ines", "Tom", "brig"],
    ]);
  });

  it.each([
    ["Ines", "{1,3}", ["Ada", "Bo", "Tom"]],
    ["Ines", "{2,2}", ["Ada"]],
    ["Cleo", "{2,2}", ["Tom"]],
    ["Cleo", "{1,2}", ["Cleo", "Ines", "Tom"]],
    ["Cleo", "{1,1}", ["Cleo", "Ines"]],
    ["Bo", "{2,4}", ["Ada", "Ines", "Tom"]],
    ["Zed", "{1,3}", []],
  ])(
    "a traversal from %s within hops %s reaches what breadth-first search reaches",
    async (name, hops, expected) => {
      const text = `($n: String) { match { $a: Sailor { name: $n } $a knows${hops} $b } return { $b.name } order { $b.name } }`;
      expect(await rows(text, { n: name })).toEqual(expected);
    },
  );

  it("of self loops only that of the start counts, from whichever end the traversal runs", async () => {
    const order = "return { $a.name, $b.name } order { $a.name, $b.name }";
    const ends = async (text: string) => (await rows(`{ match { ${text} } ${order} }`)).map(String);
    const open = await ends("$a: Sailor $a knows{2,2} $b");
    const fromEnd = ["Ada", "Bo", "Cleo", "Ines", "Tom"].map((name) =>
      ends(`$b: Sailor { name: "${name}" } $a knows{2,2} $b`),
    );
    const closing = await ends("$a: Sailor $b: Sailor $a.name >= $b.name $a knows{2,2} $b");
    const negated = await ends("$a: Sailor $b: Sailor not { $a knows{2,2} $b }");
    // Bo knows Cleo, who knows herself: that is one hop, and no second.
    expect(open).not.toContain("Bo,Cleo");
    expect((await Promise.all(fromEnd)).flat().toSorted()).toEqual(open.toSorted());
    expect(closing).toEqual(open.filter((pair) => pair.split(",")[0]! >= pair.split(",")[1]!));
    expect(negated.length).toBe(36 - open.length);
    expect(await ends("$a: Sailor $a <knows>{2,2} $b")).not.toContain("Cleo,Cleo");
    expect(await ends("$a: Sailor $a <knows>{1,2} $b")).toContain("Cleo,Cleo");
  });

  it("an undirected traversal reaches each neighbour once, through a self loop too", async () => {
    const text =
      "($n: String) { match { $a: Sailor { name: $n } $a <knows> $b } return { $b.name } order { $b.name } }";
    expect(await rows(text, { n: "Ines" })).toEqual(["Cleo", "Tom"]);
    expect(await rows(text, { n: "Cleo" })).toEqual(["Bo", "Cleo", "Ines"]);
    expect(await rows("{ match { $a: Sailor $a <knows> $b } return { count($b) as n } }")).toEqual([11]);
    expect(
      await rows(
        '{ match { $a: Sailor { name: "Ada" } $a <knows>{1,2} $b } return { $b.name } order { $b.name } }',
      ),
    ).toEqual(["Bo", "Cleo", "Ines", "Tom"]);
  });

  it("a bound edge gives one row per edge, and its properties are filtered, returned and ordered", async () => {
    expect(
      await rows(
        '{ match { $p: Sailor { name: "Tom" } $p $w:sailsOn $s } return { $s.name, $w.rank } order { $s.name, $w.rank } }',
      ),
    ).toEqual([
      ["brig", "Mate"],
      ["clipper", "Mate"],
      ["clipper", "Twin"],
    ]);
    expect(
      await rows(
        "{ match { $p: Sailor $p $w:sailsOn $s $w.watch = 1 $w.pay > 10000 } return { $p.name, $s.name } order { $s.name } }",
      ),
    ).toEqual([
      ["Ada", "aurora"],
      ["Bo", "aurora-2"],
      ["Tom", "clipper"],
    ]);
    expect(
      await rows(
        "{ match { $p: Sailor $p $w:sailsOn $s } return { $p.name, $w.pay } order { $w.pay desc } limit 3 }",
      ),
    ).toEqual([
      ["Bo", 550000],
      ["Ada", 400000],
      ["Tom", 12000],
    ]);
    expect(
      await rows(
        '{ match { $a: Sailor { name: "Ines" } $a $w:<knows> $b } return { $b.name, $w.trust } order { $w.trust } }',
      ),
    ).toEqual([
      ["Cleo", null],
      ["Tom", 0.4],
      ["Tom", 0.9],
    ]);
    expect(
      await rows('{ match { $a: Sailor { name: "Cleo" } $a $w:<knows> $a } return { $w.trust } }'),
    ).toEqual([1]);
  });
});

describe("negation", () => {
  it.each([
    ["Sailor", "not { $x sailsOn $_ }", ["Zed"]],
    ["Sailor", "not { $x <knows> $_ }", ["Zed"]],
    ["Sailor", "not { $x commands $_ } not { $x sailsOn $_ }", ["Zed"]],
    ["Sailor", 'not { $x sailsOn $s $s.class = "three-mast" }', ["Ada", "Bo", "Cleo", "Zed"]],
    ["Sailor", "not { $x commands $s not { $s homePort $h } }", ["Cleo", "Ines", "Tom", "Zed"]],
    ["Sailor", 'not { $x knows $y $y.name = "Ines" }', ["Ada", "Bo", "Ines", "Zed"]],
    ["Sailor", "not { $x knows $x }", ["Ada", "Bo", "Ines", "Tom", "Zed"]],
    ["Sailor", "not { $x knows $y $y knows $x }", ["Ada", "Bo", "Zed"]],
    ["Sailor", "not { $x.nickname = $x.name } not { $x.sober = true }", ["Cleo", "Ines", "Tom", "Zed"]],
    ["Ship", "not { $x.steam = true }", ["brig", "clipper", "dinghy", "étoile 100%_"]],
    ["Ship", "not { $x.speed > 7.0 }", ["clipper", "dinghy", "gig", "étoile 100%_"]],
    ["Ship", "not { $y: Ship $y.crew > $x.crew }", ["aurora"]],
  ])("nodes of %s are filtered by %s", async (type, clauses, expected) => {
    expect(await rows(`{ match { $x: ${type} ${clauses} } return { $x.name } order { $x.name } }`)).toEqual(
      expected,
    );
  });

  it("a negation tells edges apart by their binding", async () => {
    const text =
      "{ match { $p: Sailor $p sailsOn $s not { $p $w:sailsOn $s $w.watch = 1 } } return { $p.name, $s.name } order { $p.name } }";
    expect(await rows(text)).toEqual([
      ["Bo", "aurora"],
      ["Ines", "brig"],
    ]);
  });
});
