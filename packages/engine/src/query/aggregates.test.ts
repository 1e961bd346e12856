import { isError } from "@omnigraph/base";
import { describe, expect, it } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";

const graph = await ReadGraph.harbour();
const rows: ReadGraph["rows"] = (text, parameters) => graph.rows(text, parameters);

describe("aggregates", () => {
  it("aggregates without keys answer one row, over no rows too", async () => {
    expect(await rows("{ match { $s: Ship } return { count($s) as n } }")).toEqual([7]);
    const none =
      "{ match { $s: Ship $s.crew > 9999 } return { count($s) as n, sum($s.crew) as s, avg($s.speed) as a, min($s.crew) as lo, max($s.name) as hi } }";
    expect(await rows(none)).toEqual([[0, null, null, null, null]]);
    expect(await rows('{ match { $s: Ship { name: "none" } } return { $s.class, count($s) as n } }')).toEqual(
      [],
    );
  });

  it("aggregates skip nulls, and null is a group", async () => {
    const text =
      "{ match { $s: Ship } return { $s.class, count($s) as n, count($s.speed) as known, avg($s.crew) as mean, max($s.speed) as best } order { n desc, $s.class } }";
    expect(await rows(text)).toEqual([
      ["ferry", 2, 2, 129.5, 8.5],
      ["three-mast", 2, 2, 97.5, 7.5],
      ["tug", 2, 2, 88, 6.25],
      [null, 1, 0, 0, null],
    ]);
  });

  it("min and max take values of any ordered type", async () => {
    const text =
      "{ match { $s: Ship } return { min($s.launched) as a, max($s.docked) as b, min($s.name) as c, max($s.class) as d, min($s.steam) as e, max($s.serial) as f } }";
    expect(await rows(text)).toEqual([
      ["1851-03-02", "1950-01-02T03:04:05.006Z", "aurora", "tug", false, 18446744073709551615n],
    ]);
  });

  it("sums of 64-bit integers are exact, and an overflow is refused", async () => {
    expect(await rows("{ match { $s: Ship } return { sum($s.cargo) as n } }")).toEqual([9007199258440988n]);
    const twice = graph.rows("{ match { $s: Ship $h: Harbour } return { sum($s.serial) as n } }");
    await expect(twice).rejects.toSatisfy((error) => isError(error, "number_overflow"));
  });

  it("a row that stands for several counts as often", async () => {
    expect(await rows("{ match { $a: Sailor $a knows $b $b knows $c } return { count($c) as n } }")).toEqual([
      10,
    ]);
    expect(
      await rows(
        "{ match { $s: Ship $h: Harbour $n: Note } return { count($n) as n, sum($s.crew) as crew } }",
      ),
    ).toEqual([[42, 630 * 6]]);
    expect(
      await rows(
        "{ match { $p: Sailor $p knows $q } return { $p.name count($q) as n } order { n desc, $p.name } }",
      ),
    ).toEqual([
      ["Cleo", 2],
      ["Tom", 2],
      ["Ada", 1],
      ["Bo", 1],
      ["Ines", 1],
    ]);
    const parts =
      "{ match { $p: Sailor $p $w:sailsOn $s } return { $p.name, sum($w.pay) as pay, count($w.pay) as known, count($s) as parts } order { $p.name } }";
    expect(await rows(parts)).toEqual([
      ["Ada", 400000, 1, 1],
      ["Bo", 550000, 1, 2],
      ["Cleo", null, 0, 1],
      ["Ines", 7000, 1, 1],
      ["Tom", 21000, 2, 3],
    ]);
  });

  it("rows are grouped by keys of several variables and by constants", async () => {
    const text =
      "{ match { $s: Ship $s homePort $h } return { $h.city, $s.steam, count($s) as n } order { $h.city, $s.steam } }";
    expect(await rows(text)).toEqual([
      ["Oslo", false, 2],
      ["Porto", true, 2],
    ]);
  });

  it("the average of floats or integers is a float", async () => {
    expect(
      await rows("{ match { $p: Sailor } return { sum($p.height) as s, avg($p.height) as m } }"),
    ).toEqual([[expect.closeTo(5.16, 9), expect.closeTo(1.72, 9)]]);
  });
});

describe("order and limit", () => {
  it.each([
    ["order { $p.height }", ["Bo", "Cleo", "Zed", "Ines", "Ada", "Tom"]],
    ["order { $p.height desc }", ["Tom", "Ada", "Ines", "Bo", "Cleo", "Zed"]],
    ["order { $p.sober desc, $p.height }", ["Bo", "Ada", "Ines", "Tom", "Cleo", "Zed"]],
    ["order { $p.born desc } limit 3", ["Bo", "Ada", "Tom"]],
    ["order { $p.born } limit 4", ["Cleo", "Zed", "Ines", "Tom"]],
    ["order { $p.name desc } limit 0", []],
    ["order { $p.name desc } limit 100", ["Zed", "Tom", "Ines", "Cleo", "Bo", "Ada"]],
  ])("rows come as %s says", async (ending, expected) => {
    expect(await rows(`{ match { $p: Sailor } return { $p.name } ${ending} }`)).toEqual(expected);
  });

  it("ties are broken by the ids, in the order of binding", async () => {
    expect(
      await rows("{ match { $s: Ship } return { $s.name, $s.speed } order { $s.speed desc } limit 5 }"),
    ).toEqual([
      ["aurora", 8.5],
      ["aurora-2", 8.5],
      ["brig", 7.5],
      ["clipper", 6.25],
      ["gig", 6.25],
    ]);
  });

  it("rows are ordered by an alias or an aggregate, texts by their bytes", async () => {
    expect(
      await rows(
        "{ match { $p: Sailor } return { $p.name as who, $p.height as tall } order { tall desc, who } limit 2 }",
      ),
    ).toEqual([
      ["Tom", 1.8],
      ["Ada", 1.74],
    ]);
    expect(
      await rows("{ match { $h: Harbour } return { $h.code as c, count($h) as n } order { c desc } }"),
    ).toEqual([
      ["SOUTH", 1],
      ["NORTH", 1],
      ["EMPTY", 1],
    ]);
    expect(await rows("{ match { $s: Ship } return { $s.steam } order { $s.steam } }")).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it("a limit without an order stops the query early, and equal rows are kept", async () => {
    expect(await rows("{ match { $s: Ship } return { $s.name } limit 0 }")).toEqual([]);
    expect(await rows("{ match { $s: Ship $h: Harbour } return { $s.steam } limit 4 }")).toHaveLength(4);
    expect(await rows("{ match { $s: Ship $h: Harbour } return { $s.steam } }")).toHaveLength(21);
  });
});
