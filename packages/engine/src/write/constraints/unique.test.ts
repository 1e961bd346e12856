import { describe, expect, it } from "vitest";
import { failureOf, outcome, WriteGraph } from "../../../../../tests/support/graphs/write-graph.ts";

const SCHEMA = "node P { k: String @key  u: String? @unique  a: I64?  b: F32?  @unique(a, b) }";
const q = (body: string): string => `query q() { ${body} }`;

async function manyRows(): Promise<WriteGraph> {
  const graph = new WriteGraph(SCHEMA);
  const lines = Array.from({ length: 500 }, (_, i) =>
    JSON.stringify({ type: "P", data: { k: `k${i}`, u: `u${i}`, a: i, b: 0.1 } }),
  );
  await graph.load(lines.join("\n"), "append");
  return graph;
}

describe("unique tuples", () => {
  it("unique tuples stay known along a history of commits", async () => {
    const graph = await manyRows();
    for (let i = 0; i < 50; i++) {
      expect((await failureOf(graph.mutate(q(`insert P { k: "new", u: "u${i}" }`)))).reason).toBe(
        "unique_violation",
      );
      await graph.mutate(q(`update P set { u: "v${i}" } where k = "k${i}"`));
      expect(outcome(await graph.mutate(q(`insert P { k: "new", u: "u${i}" }`)))).toEqual([1, 0, true]);
      expect((await failureOf(graph.mutate(q(`insert P { k: "other", u: "v${i}" }`)))).reason).toBe(
        "unique_violation",
      );
      await graph.mutate(q('delete P where k = "new"'));
    }
  });

  it("the unique tuples that are found are those of the view that is asked, also of an older one", async () => {
    const graph = await manyRows();
    const older = graph.view;
    await graph.mutate(q('insert P { k: "x", u: "fresh" }'));
    const claim = q('insert P { k: "y", u: "fresh" }');
    expect((await failureOf(graph.evaluate(claim))).reason).toBe("unique_violation");
    expect(outcome(await graph.evaluate(claim, {}, undefined, older))).toEqual([1, 0, true]);
    expect((await failureOf(graph.evaluate(claim))).reason).toBe("unique_violation");
  });

  it("unique tuples are compared in every member, and not at all where one is null", async () => {
    const graph = await manyRows();
    const failure = await failureOf(
      graph.mutate('query q($b: F32) { insert P { k: "x", a: 7, b: $b } }', { b: 0.1 }),
    );
    expect(failure.message).toBe('P "x" has the same a, b as P "k7", which @unique does not allow');
    expect(
      outcome(
        await graph.mutate(
          q('insert P { k: "x", a: 7, b: 0.5 } insert P { k: "y", a: 7 } insert P { k: "z", a: 7 }'),
        ),
      ),
    ).toEqual([3, 0, true]);
  });

  it("unique tuples may change places within one write", async () => {
    const graph = await manyRows();
    const swap =
      '{"type":"P","data":{"k":"k1","u":"u2","a":1,"b":0.1}}\n{"type":"P","data":{"k":"k2","u":"u1","a":2,"b":0.1}}\n';
    expect((await graph.load(swap, "merge")).changes.rows[0]?.updated).toBe(2);
  });
});

describe("unique tuples of edges", () => {
  const schema = "node P { k: String @key }\nedge E: P -> P { w: I32?  @unique(src, dst)  @unique(src, w) }";
  const nodes = Array.from({ length: 60 }, (_, i) => JSON.stringify({ type: "P", data: { k: `é${i}` } }));
  const edge = (from: number, to: number, w: number | null): string =>
    JSON.stringify({ edge: "E", from: `é${from}`, to: `é${to}`, data: { w } });
  /** 2,000 edges: more than are compared with the edges of their sources. */
  const many = (start: number): readonly string[] =>
    Array.from({ length: 2000 }, (_, i) => edge(Math.floor(i / 40) + start, i % 40, null));

  it.each([
    ["few", [edge(0, 59, null), edge(3, 5, null)], [2]],
    ["many", [...many(0).map((line) => line.replace('"to":"é', '"to":"é1')), edge(3, 5, null)], null],
  ])("unique tuples of edges are found where a load has %s", async (_, lines, expected) => {
    const graph = new WriteGraph(schema);
    const more = Array.from({ length: 200 }, (_unused, i) =>
      JSON.stringify({ type: "P", data: { k: `é${i + 60}` } }),
    );
    await graph.load([...nodes, ...more, ...many(0)].join("\n"), "append");
    const failure = await failureOf(graph.load(lines.join("\n"), "append"));
    const problems = failure.details["problems"] as readonly { line: number; reason: string }[];
    expect(new Set(problems.map(({ reason }) => reason))).toEqual(new Set(["unique_violation"]));
    expect(problems.map(({ line }) => line)).toContain(expected === null ? lines.length : 2);
  });

  it("unique tuples of edges with a property are found by either way", async () => {
    const graph = new WriteGraph(schema);
    await graph.load([...nodes, edge(1, 2, 7), edge(1, 3, null)].join("\n"), "append");
    expect(
      (await failureOf(graph.mutate('query q() { insert E { from: "é1", to: "é9", w: 7 } }'))).reason,
    ).toBe("unique_violation");
    expect(outcome(await graph.mutate('query q() { insert E { from: "é1", to: "é9" } }'))).toEqual([
      0,
      1,
      true,
    ]);
    const lines = Array.from({ length: 1100 }, (_, i) => edge(2 + (i % 50), Math.floor(i / 50), 1000 + i));
    expect((await failureOf(graph.load([...lines, edge(1, 8, 7)].join("\n"), "append"))).message).toContain(
      "has the same src, w as E",
    );
    expect((await graph.load(lines.join("\n"), "append")).affectedEdges).toBe(1100);
  });
});
