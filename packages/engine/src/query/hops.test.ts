import { isError } from "@omnigraph/base";
import { beforeAll, describe, expect, it } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";
import type { RunLimits } from "./run/context.ts";

/** More edges than a search follows at a time. */
const NODES = 40_000;
const HUB = 200;

let graph: ReadGraph;

/** A ring of all items, with a chord from each to the one that is 200 further on: the last one is 399 hops away. */
beforeAll(async () => {
  graph = new ReadGraph(
    "node Item { name: String @key  rank: I32 }\nedge Next: Item -> Item\nedge Over: Item -> Item",
  );
  const lines: object[] = [];
  for (let i = 0; i < NODES; i++) {
    lines.push({ type: "Item", data: { name: `i${i}`, rank: i } });
    lines.push({ edge: "Next", from: `i${i}`, to: `i${(i + 1) % NODES}` });
    lines.push({ edge: "Over", from: `i${i}`, to: `i${(i + HUB) % NODES}` });
  }
  await graph.load(lines.map((line) => JSON.stringify(line)).join("\n"), "overwrite");
});

/** A clock on which every look takes longer than a query may block the event loop. */
const slow = {
  clock: {
    nowMicros: () => 0,
    monotonicMs: (
      (now) => () =>
        (now += 20)
    )(0),
    sleep: () => Promise.resolve(),
  },
};

const fails = (reason: Parameters<typeof isError>[1]) => (error: unknown) => isError(error, reason);

/** Reads that search all of the graph from one node, in every kind of step that a search may stand in. */
const FAR = {
  "a search from a node": ['$a: Item { name: "i0" } $a next{1,*} $b', NODES - 1],
  "a search over two types": ['$a: Item { name: "i0" } $a (next | over){1,*} $b', NODES - 1],
  "a search that begins far away": [`$a: Item { name: "i0" } $a next{${NODES - 1},*} $b`, 1],
  "a search between two nodes": ['$a: Item { name: "i0" } $b: Item { name: "i39999" } $a next{1,*} $b', 1],
  "a path between two nodes": [
    '$a: Item { name: "i0" } $b: Item { name: "i39999" } $a next{1,*} as $p $b length($p) > 7',
    1,
  ],
  "a search in a negation": [
    '$a: Item { name: "i0" } $b: Item { name: "i7" } not { $a next{1,*} $c $c.rank < 0 }',
    1,
  ],
  "a search in a negation, between nodes": [
    '$a: Item { name: "i0" } $b: Item { name: "i7" } not { $b next{1,*} $a }',
    0,
  ],
  "a search whose end is only looked at": [
    '$a: Item { name: "i0" } $b: Item { name: "i7" } exists { $a next{1,*} $c $c.rank = 39999 }',
    1,
  ],
} as const;

const textOf = (pattern: string): string => `{ match { ${pattern} } return { count($b) as n } }`;

describe("traversals of any length", () => {
  it.each(Object.entries(FAR))("%s visits each node once", async (_what, [pattern, count]) => {
    expect(await graph.rows(textOf(pattern))).toEqual([count]);
  });

  it.each(Object.entries(FAR))(
    "%s goes on in parts, and can be stopped between them",
    async (_what, [pattern, count]) => {
      const plan = graph.plan(textOf(pattern));
      await graph.run(plan);
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      const answer = await graph.run(plan, {}, slow);
      clearInterval(timer);
      expect(answer.values(0)).toEqual([count]);
      expect(turns).toBeGreaterThan(0);
      const stop = new AbortController();
      const run = graph.run(plan, {}, { ...slow, signal: stop.signal });
      setImmediate(() => stop.abort());
      await expect(run).rejects.toSatisfy(fails("aborted"));
    },
  );

  it("the nodes that a search has met count as memory", async () => {
    const run = (limits: Partial<RunLimits>) =>
      graph.run(graph.plan(textOf(FAR["a search from a node"][0])), {}, limits);
    await expect(run({ memoryBytes: 100_000 })).rejects.toSatisfy(fails("memory_exceeded"));
    expect((await run({ memoryBytes: 1_000_000 })).values(0)).toEqual([NODES - 1]);
  });

  it("the nodes of paths count as memory", async () => {
    const plan = graph.plan(
      '{ match { $a: Item { name: "i0" } $a next{1,*} as $p $b } return { nodes($p) as n } limit 1 offset 30000 }',
    );
    await expect(graph.run(plan, {}, { memoryBytes: 500_000 })).rejects.toSatisfy(fails("memory_exceeded"));
  });

  it("a limit ends the search", async () => {
    const plan = graph.plan(
      '{ match { $a: Item { name: "i0" } $a (next | over){1,*} $b } return { $b.rank } limit 3 }',
    );
    const answer = await graph.run(plan, {}, { memoryBytes: 150_000 });
    expect(answer.values(0)).toEqual([1, 200, 2]);
  });
});

describe("paths", () => {
  const between = '$a: Item { name: "i0" } $b: Item { name: "i401" }';

  it("a path has the least number of hops, whichever end it is sought from, and of equally short ones its ids come first", async () => {
    const nodes = ["i0", "i1", "i201", "i401"];
    const rows = [[3, nodes]];
    const columns = "return { length($p) as hops, nodes($p) as stops }";
    for (const pattern of [
      `${between} $a (next | over){1,*} as $p $b`,
      '$a: Item { name: "i0" } $a (next | over){3,3} as $p $b $b.rank = 401',
      '$b: Item { name: "i401" } $a (next | over){3,3} as $p $b $a.rank = 0',
    ])
      expect(await graph.rows(`{ match { ${pattern} } ${columns} }`), pattern).toEqual(rows);
    expect(await graph.rows(`{ match { ${between} $a (next | over){4,*} as $p $b } ${columns} }`)).toEqual(
      [],
    );
  });

  it("the nodes of paths can be looked through", async () => {
    // Of the nodes within 100 hops, those whose path begins with the hop over 200: no path by single steps is as short, or comes first.
    const text =
      '{ match { $a: Item { name: "i0" } $a (next | over){1,100} as $p $b nodes($p) contains "i200" } return { count($b) as n } }';
    expect(await graph.rows(text)).toEqual([100]);
  });

  it("the length of a path is a number to filter, group, aggregate and order by", async () => {
    const near = '$a: Item { name: "i0" } $a <next>{1,5} as $p $b';
    expect(
      await graph.rows(
        `{ match { ${near} length($p) >= 3 } return { $b.rank, length($p) } order { length($p) desc, $b.rank } }`,
      ),
    ).toEqual([
      [5, 5],
      [NODES - 5, 5],
      [4, 4],
      [NODES - 4, 4],
      [3, 3],
      [NODES - 3, 3],
    ]);
    expect(
      await graph.rows(
        `{ match { ${near} } return { length($p) as hops, count($b) as n } order { hops } limit 2 }`,
      ),
    ).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(
      await graph.rows(
        `{ match { ${near} } return { sum(length($p)) as s, avg(length($p)) as a, max(length($p)) as m } }`,
      ),
    ).toEqual([[30, 3, 5]]);
  });

  it("a path of an optional block is null where there is none, also between nodes that are bound already", async () => {
    const optional = '$a: Item $a.rank < 2 $b: Item { name: "i3" } optional { $a next{1,2} as $p $b }';
    expect(
      await graph.rows(
        `{ match { ${optional} } return { $a.rank, length($p), nodes($p) as n } order { $a.rank } }`,
      ),
    ).toEqual([
      [0, null, null],
      [1, 2, ["i1", "i2", "i3"]],
    ]);
    expect(
      await graph.rows(
        `{ match { ${optional} optional { $c over $a $c next{1,*} as $q $b } } return { count($p) as n, max(length($q)) as m } }`,
      ),
    ).toEqual([[1, 203]]);
    expect(await graph.rows(`{ match { ${optional} length($p) is null } return { $a.rank } }`)).toEqual([0]);
  });

  it("rows that differ in nothing but their paths are ordered by them", async () => {
    const rows = await graph.rows(
      '{ match { $a: Item { name: "i9" } $a (next | over){1,2} as $p $_ } return { $a.rank, length($p), nodes($p) as n } order { $a.rank } }',
    );
    expect(rows).toEqual([
      [9, 1, ["i9", "i10"]],
      [9, 1, ["i9", "i209"]],
      [9, 2, ["i9", "i10", "i11"]],
      [9, 2, ["i9", "i10", "i210"]],
      [9, 2, ["i9", "i209", "i409"]],
    ]);
  });
});
