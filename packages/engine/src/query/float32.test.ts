import { beforeAll, describe, expect, it } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";
import { outcome, reasonOf } from "../../../../tests/support/graphs/write-graph.ts";

const SCHEMA = `
node Cell { name: String @key  volts: F32?  exact: F64?  trail: [F32]?  tag: F32? @unique  @range(volts, 0.1..0.7) }
node Level { at: F32 @key }
edge Wire: Cell -> Cell { ohms: F32?  taps: [F32]? }
`;
const DATA = [
  { type: "Cell", data: { name: "a", volts: 0.1, exact: 0.1, trail: [0.1, 0.2] } },
  { type: "Cell", data: { name: "b", volts: 0.7, exact: 0.699999988079071, trail: [] } },
  { type: "Cell", data: { name: "c", exact: 16777217, tag: 16777216 } },
  { type: "Level", data: { at: 0.1 } },
  { edge: "Wire", from: "a", to: "b", data: { ohms: 0.1 } },
];

describe("beside an F32 property a literal or a parameter is rounded to 32 bits", () => {
  let graph: ReadGraph;
  beforeAll(async () => {
    graph = new ReadGraph(SCHEMA);
    await graph.load(DATA.map((line) => JSON.stringify(line)).join("\n"), "append");
  });

  it.each([
    ["in braces", "match { $c: Cell { volts: 0.1 } }", ["a"]],
    ["in braces, by a parameter", "match { $c: Cell { volts: $x } }", ["a"]],
    ["in a filter", "match { $c: Cell $c.volts = 0.1 }", ["a"]],
    ["on the left", "match { $c: Cell 0.1 = $c.volts }", ["a"]],
    ["by a parameter", "match { $c: Cell $c.volts = $x }", ["a"]],
    ["in an order", "match { $c: Cell $c.volts <= 0.7 }", ["a", "b"]],
    ["in an order from the left", "match { $c: Cell 0.1 < $c.volts }", ["b"]],
    ["in what is unequal", "match { $c: Cell $c.volts != 0.1 }", ["b"]],
    ["for an item of a list", "match { $c: Cell $c.trail contains 0.2 }", ["a"]],
    ["for an item, by a parameter", "match { $c: Cell $c.trail contains $x }", ["a"]],
    ["for a list that may hold it", "match { $c: Cell $list contains $c.volts }", ["a"]],
    ["for an integer", "match { $c: Cell $c.tag = 16777217 }", ["c"]],
    ["on an edge", "match { $c $w:wire $d  $w.ohms = 0.1 }", ["a"]],
    ["in a negation", "match { $c: Cell not { $c.volts = 0.1 } }", ["b", "c"]],
    ["beyond the range, to an infinity", "match { $c: Cell $c.volts < 1e39 }", ["a", "b"]],
  ])("a value is rounded %s", async (_, match, expected) => {
    const text = `($x: F64?, $list: [F64]?) { ${match} return { $c.name } order { $c.name } }`;
    expect(await graph.rows(text, { x: 0.1, list: [0.1, 5] })).toEqual(expected);
  });

  it("the value of a key is rounded when it is looked up and when it is written", async () => {
    expect(await graph.rows("{ match { $l: Level { at: 0.1 } } return { $l.at } }")).toEqual([0.1]);
    expect(
      await graph.rows("($x: F64) { match { $l: Level $l.at = $x } return { $l } }", { x: 0.10000000149 }),
    ).toEqual(["0.1"]);
    const update = await graph.evaluate("query q($x: F64) { delete Level where at = $x }", { x: 0.1 });
    expect(outcome(update)).toEqual([1, 0, true]);
  });

  it.each([
    ["delete Cell where volts = 0.1", [1, 1, true]],
    ["delete Cell where volts = $x", [1, 1, true]],
    ["delete Cell where volts <= 0.7", [2, 1, true]],
    ["delete Cell where trail contains 0.2", [1, 1, true]],
    ["delete Wire where ohms = $x", [0, 1, true]],
    ["update Cell set { exact: 1.0 } where volts = 0.1", [1, 0, true]],
    [
      'insert Wire { from: "a", to: "a", ohms: 0.1, taps: [0.1] } delete Wire where taps contains $x',
      [0, 2, true],
    ],
    ['insert Wire { from: "a", to: "a", ohms: 0.1 } delete Wire where ohms = 0.1', [0, 3, true]],
  ])("the value in where is rounded: %s", async (statements, expected) => {
    expect(outcome(await graph.evaluate(`query q($x: F64?) { ${statements} }`, { x: 0.1 }))).toEqual(
      expected,
    );
  });

  it("the bounds of @range are rounded, however the value is written", async () => {
    const stored = Math.fround(0.7);
    expect(stored).toBeLessThan(0.7);
    expect(Math.fround(0.1)).toBeGreaterThan(0.1);
    for (const volts of [0.1, Math.fround(0.1), 0.7, stored, 0.7000000001]) {
      const line = JSON.stringify({ type: "Cell", data: { name: "z", volts } });
      expect((await graph.evaluateLoad(line, "append")).affectedNodes).toBe(1);
      const insert = 'query q($v: F64) { insert Cell { name: "z", volts: $v } }';
      expect((await graph.evaluate(insert, { v: volts })).affectedNodes).toBe(1);
    }
    const line = JSON.stringify({ type: "Cell", data: { name: "z", volts: 0.7001 } });
    expect(await reasonOf(graph.evaluateLoad(line, "append"))).toBe("load_invalid");
  });

  it("unique values are equal if they are equal in 32 bits", async () => {
    const insert = 'query q($t: F64) { insert Cell { name: "z", tag: $t } }';
    expect(await reasonOf(graph.evaluate(insert, { t: 16777217 }))).toBe("unique_violation");
  });

  it("two stored values of both widths compare exactly", async () => {
    const text = "{ match { $c: Cell $c.volts = $c.exact } return { $c.name } order { $c.name } }";
    expect(await graph.rows(text)).toEqual(["b"]);
    expect(
      await graph.rows("{ match { $c: Cell $d: Cell $c.exact < $d.volts } return { $c.name, $d.name } }"),
    ).toEqual([
      ["a", "a"],
      ["a", "b"],
    ]);
  });
});
