import { isError, type JsonValue } from "@omnigraph/base";
import { describe, expect, it } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";

const graph = await ReadGraph.harbour();
const rows: ReadGraph["rows"] = (text, parameters) => graph.rows(text, parameters);

/** What an expression comes to for a ship. */
async function ofShip(name: string, expr: string): Promise<unknown> {
  const [first] = await rows(`{ match { $s: Ship { name: "${name}" } } return { ${expr} as x } }`);
  return first;
}

async function overflows(text: string): Promise<void> {
  await expect(graph.rows(text)).rejects.toSatisfy((error) => isError(error, "number_overflow"));
}

describe("arithmetic", () => {
  it.each<readonly [string, JsonValue]>([
    ["$s.crew + 2 * 3", 138],
    ["($s.crew + 2) * 3", 402],
    ["$s.crew - 100 - 30", 2],
    ["$s.crew - (100 - 30)", 62],
    ["7 / 2", 3.5],
    ["$s.crew / 8 / 2", 8.25],
    ["-$s.crew * -2", 264],
    ["0 * -$s.crew", 0],
    ["$s.crew * 0.5", 66],
    // Beyond 2^53, in every digit.
    ["$s.cargo + 1", 9007199254740994n],
    ["$s.cargo * 1000", 9007199254740993000n],
    ["$s.cargo - $s.cargo", 0],
    ["$s.serial + 0", 18446744073709551615n],
    // A difference of numbers without a sign can have one.
    ["1 - $s.berths", -4294967294],
    ["$s.cargo / 1", 9007199254740992],
  ])("%s is %s", async (expr, value) => {
    expect(await ofShip("aurora", expr)).toEqual(value);
  });

  it.each([
    ["$s.draught + 1", "null of null"],
    ["-$s.draught", "null of null"],
    ["$s.crew / 0", "null where it divides by zero"],
    ["$s.speed / ($s.crew - $s.crew)", "null where it divides by zero"],
    ["0.0 / 0", "null where it divides by zero"],
  ])("%s is %s", async (expr) => {
    expect(await ofShip("aurora", expr)).toBeNull();
  });

  it.each([
    "$s.cargo * 1025",
    "-$s.cargo * 1025",
    "$s.serial + 1",
    "$s.serial - 1",
    "9223372036854775807 + 1",
    "$s.speed * 1e308 * 1e308",
  ])("%s leaves its range and is refused", (expr) =>
    overflows(`{ match { $s: Ship { name: "aurora" } } return { ${expr} as x } }`),
  );

  it("is refused in a condition, an order and an aggregate, too", async () => {
    await overflows("{ match { $s: Ship $s.cargo * 1025 > 3 } return { $s.name } }");
    await overflows("{ match { $s: Ship } return { $s.name } order { $s.cargo * 1025 } }");
    await overflows("{ match { $s: Ship } return { max($s.cargo * 1025) as m } }");
  });

  it("counts in conditions, on one entity and on several", async () => {
    expect(await rows("{ match { $s: Ship $s.crew * 2 > 260 } return { $s.name } }")).toEqual(["aurora"]);
    const pairs =
      "{ match { $s: Ship $t: Ship $s.crew - $t.crew = 5 } return { $s.name, $t.name } order { $s.name } }";
    expect(await rows(pairs)).toEqual([["aurora", "aurora-2"]]);
    // Unknown where a part is null, so neither it nor its negation holds.
    expect(await rows("{ match { $s: Ship not $s.draught + 1 > 0 } return { $s.name } }")).toEqual([]);
  });

  it("a parameter is computed with, also for a look-up by key", async () => {
    const text =
      "($name: String, $n: I32) { match { $s: Ship { name: $name } } return { $s.crew * $n as x } }";
    expect(await rows(text, { name: "brig", n: 3 })).toEqual([282]);
    const looked = "($name: String) { match { $s: Ship $s.name = lower($name) } return { $s.crew } }";
    expect(await rows(looked, { name: "BRIG" })).toEqual([94]);
  });
});

describe("functions", () => {
  it.each<readonly [string, JsonValue]>([
    ["upper($s.name)", "AURORA"],
    ["lower(upper($s.class))", "ferry"],
    ["length($s.name)", 6],
    ["length($s.ports)", 2],
    ['length("é🙂")', 2],
    ["coalesce($s.draught, 0.5)", 0.5],
    ["coalesce($s.cargo, 1.5)", 9007199254740992],
    ["coalesce($s.serial, 0)", 18446744073709551615n],
    ["coalesce($s.draught, $s.draught)", null],
    ['coalesce($s.class, "none")', "ferry"],
  ])("%s is %s", async (expr, value) => {
    expect(await ofShip("aurora", expr)).toEqual(value);
  });

  it("`matches` finds by a regular expression, anywhere unless it is anchored", async () => {
    const names = (pattern: string): Promise<unknown> =>
      rows("($p: String) { match { $s: Ship $s.name matches $p } return { $s.name } order { $s.name } }", {
        p: pattern,
      });
    expect(await names("^a.*2$")).toEqual(["aurora-2"]);
    expect(await names("ri")).toEqual(["brig"]);
    expect(await rows('{ match { $s: Ship $s.class matches "ee|^$" } return { count($s) as n } }')).toEqual([
      2,
    ]);
    expect(
      await rows('{ match { $s: Ship not $s.class matches "ferry" } return { count($s) as n } }'),
    ).toEqual([4]);
    await expect(names("(")).rejects.toSatisfy((error) => isError(error, "parameter_invalid"));
  });
});

describe("results that are computed", () => {
  it("a condition is a column: true, false or null", async () => {
    const text =
      "{ match { $s: Ship } return { $s.name, $s.speed > 7 as fast, $s.draught is null and $s.steam as odd } order { fast desc, $s.name } limit 5 }";
    expect(await rows(text)).toEqual([
      ["aurora", true, true],
      ["aurora-2", true, true],
      ["brig", true, false],
      ["clipper", false, false],
      ["dinghy", false, false],
    ]);
  });

  it("groups are formed by what is computed, and columns are computed of aggregates", async () => {
    const text =
      "{ match { $s: Ship } return { $s.crew > 100 as large, sum($s.crew) / count($s) as mean, avg($s.crew) as same } order { large } }";
    expect(await rows(text)).toEqual([
      [false, expect.any(Number), expect.any(Number)],
      [true, expect.any(Number), expect.any(Number)],
    ]);
    const alike = `${text.replace("mean, avg($s.crew) as same", "a, avg($s.crew) as b, sum($s.crew) / count($s) = avg($s.crew) as alike")}`;
    expect(await rows(alike)).toEqual([
      [false, expect.any(Number), expect.any(Number), true],
      [true, expect.any(Number), expect.any(Number), true],
    ]);
  });

  it("aggregates are of what is computed, also of several entities", async () => {
    const text =
      "{ match { $a: Ship $b: Ship } return { sum($a.crew * $b.crew) as product, max(lower($a.name)) as last, count(coalesce($a.speed, $b.speed)) as known } }";
    expect(await rows(text)).toEqual([[630 ** 2, "étoile 100%_", 48]]);
  });

  it("count and collect take each value once where they are told so", async () => {
    const text =
      "{ match { $s: Ship } return { count(distinct $s.crew) as crews, count(distinct $s.class) as classes, collect(distinct $s.class) as names, collect($s.crew) as all } }";
    expect(await rows(text)).toEqual([
      [6, 3, ["ferry", "three-mast", "tug"], [0, 88, 88, 94, 101, 127, 132]],
    ]);
    const none =
      "{ match { $s: Ship $s.crew > 9999 } return { count(distinct $s) as n, collect($s.name) as names } }";
    expect(await rows(none)).toEqual([[0, []]]);
  });

  it("`having` keeps groups, before their order, limit and offset", async () => {
    const text =
      "{ match { $s: Ship } return { $s.class, sum($s.crew) as crew } having { crew > 150 count($s) = 2 } order { crew desc } limit 1 offset 1 }";
    expect(await rows(text)).toEqual([["three-mast", 195]]);
    const unknown =
      "{ match { $s: Ship } return { $s.class as c, max($s.speed) as best } having { not best > 7 } order { c } }";
    expect(await rows(unknown)).toEqual([["tug", 6.25]]);
  });

  it("@type is the name of a type, and null where an optional block has bound nothing", async () => {
    const text =
      "{ match { $s: Ship optional { $s $t:homePort $h } } return distinct { $s.@type, $t.@type as edge } order { edge } }";
    expect(await rows(text)).toEqual([
      ["Ship", null],
      ["Ship", "HomePort"],
    ]);
    expect(await rows('{ match { $s: Ship $s.@type = "Boat" } return { $s.name } }')).toEqual([]);
  });

  it("an order computes with aliases", async () => {
    const text = "{ match { $s: Ship } return { $s.name, $s.crew as n } order { -n, $s.name } limit 2 }";
    expect(await rows(text)).toEqual([
      ["aurora", 132],
      ["aurora-2", 127],
    ]);
    const grouped =
      "{ match { $s: Ship } return { $s.class as c, count($s) as n } order { n * -1, c desc } limit 1 }";
    expect(await rows(grouped)).toEqual([["tug", 2]]);
  });
});
