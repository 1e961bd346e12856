import { beforeAll, describe, expect, it } from "vitest";
import { linesOf, ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";

const NODES = 2600;
const EDGES = 9000;

interface Item {
  readonly name: string;
  readonly rank: number;
  readonly group: string;
}

let graph: ReadGraph;
let items: readonly Item[];
/** Distinct pairs by source. */
let next: ReadonlyMap<string, readonly string[]>;
let edges: readonly { readonly from: string; readonly to: string; readonly weight: number }[];

function byName(name: string): Item {
  return items.find((item) => item.name === name) ?? { name: "", rank: 0, group: "" };
}

beforeAll(async () => {
  const random = new SeededRandom(11);
  items = Array.from({ length: NODES }, (_, i) => ({
    name: `i${i}`,
    rank: random.integer(500),
    group: `g${random.integer(7)}`,
  }));
  // One hub reaches everything, so that its neighbours fill several batches.
  edges = [
    ...items.map(({ name }) => ({ from: "i0", to: name, weight: 1 })),
    ...Array.from({ length: EDGES }, () => ({
      from: `i${1 + random.integer(NODES - 1)}`,
      to: `i${random.integer(NODES)}`,
      weight: random.integer(10),
    })),
  ];
  const sets = new Map<string, Set<string>>();
  for (const { from, to } of edges) sets.set(from, (sets.get(from) ?? new Set()).add(to));
  next = new Map([...sets].map(([from, tos]) => [from, [...tos]]));
  graph = new ReadGraph(
    "node Item { name: String @key  rank: I32  group: String }\nedge Next: Item -> Item { weight: I32 }",
  );
  const lines = [
    ...items.map((data) => ({ type: "Item", data })),
    ...edges.map(({ from, to, weight }) => ({ edge: "Next", from, to, data: { weight } })),
  ];
  await graph.load(lines.map((line) => JSON.stringify(line)).join("\n"), "overwrite");
});

const reached = (name: string): readonly string[] => next.get(name) ?? [];

describe("more rows than a batch", () => {
  it("a scan gives more rows than a batch, with and without a condition", async () => {
    expect(await graph.rows("{ match { $a: Item } return { $a.name } }")).toEqual(
      items.map(({ name }) => name),
    );
    const some = items.filter(({ rank }) => rank < 490).map(({ name }) => name);
    expect(await graph.rows("{ match { $a: Item $a.rank < 490 } return { $a.name } }")).toEqual(some);
  });

  it("one node has more neighbours than a batch has rows", async () => {
    const found = await graph.rows(
      '{ match { $a: Item { name: "i0" } $a next $b $b.rank < 400 } return { $b.name } }',
    );
    const expected = reached("i0").filter((name) => byName(name).rank < 400);
    expect(linesOf(found)).toEqual(linesOf(expected));
  });

  it("all neighbours, and those of two hops, are more rows than a batch", async () => {
    const pairs = items.flatMap(({ name }) => reached(name).map((to) => `${name} ${to}`));
    const found = await graph.rows("{ match { $a: Item $a next $b } return { $a.name, $b.name } }");
    expect(linesOf(found)).toEqual(pairs.toSorted());
    const two = items.flatMap(({ name }) =>
      reached(name).flatMap((middle) => reached(middle).map((to) => byName(to).rank)),
    );
    const text = "{ match { $a: Item $a next $b $b next $c } return { $a.group, $b.name, $c.rank } }";
    expect((await graph.run(graph.plan(text))).length).toBe(two.length);
    expect(
      await graph.rows("{ match { $a: Item $a next $b $b next $c } return { count($a) as n } }"),
    ).toEqual([two.length]);
    const sum = await graph.rows("{ match { $a: Item $a next $b $b next $c } return { sum($c.rank) as n } }");
    expect(sum).toEqual([two.reduce((total, rank) => total + rank, 0)]);
  });

  it("bound edges are more rows than a batch", async () => {
    const found = await graph.rows(
      "{ match { $a: Item $a $w:next $b $w.weight > 3 } return { $a.name, $b.name, $w.weight } }",
    );
    const expected = edges
      .filter(({ weight }) => weight > 3)
      .map(({ from, to, weight }) => `${from} ${to} ${weight}`);
    expect(linesOf(found)).toEqual(expected.toSorted());
  });

  it("a cross product, filtered by pairs, has more rows than a batch", async () => {
    const text =
      '{ match { $a: Item $b: Item $a.group = "g1" $b.group = "g2" $a.rank = $b.rank } return { $a.name, $b.name } }';
    const expected = items
      .filter(({ group }) => group === "g1")
      .flatMap((a) =>
        items.filter((b) => b.group === "g2" && b.rank === a.rank).map((b) => `${a.name} ${b.name}`),
      );
    const found = await graph.rows(text);
    expect(linesOf(found)).toEqual(expected.toSorted());
  });

  it("a negated pattern takes more rows than a batch, node by node", async () => {
    const text = "{ match { $a: Item not { $a next $b $b.rank > $a.rank } } return { $a.name } }";
    const expected = items.filter(({ name, rank }) => !reached(name).some((to) => byName(to).rank > rank));
    expect(await graph.lines(text)).toEqual(expected.map(({ name }) => name).toSorted());
    const nested =
      "{ match { $a: Item not { $a next $b $b.rank > $a.rank not { $b next $c $c.rank = $a.rank } } } return { $a.name } }";
    const deep = items.filter(
      ({ name, rank }) =>
        !reached(name).some(
          (to) => byName(to).rank > rank && !reached(to).some((c) => byName(c).rank === rank),
        ),
    );
    expect(await graph.lines(nested)).toEqual(deep.map(({ name }) => name).toSorted());
  });

  it("cycles give more rows than a batch, with and without a bound edge", async () => {
    const cycles = items.flatMap(({ name }) =>
      reached(name)
        .filter((to) => reached(to).includes(name))
        .map((to) => `${name} ${to}`),
    );
    const found = await graph.rows(
      "{ match { $a: Item $a next $b $b next $a } return { $a.name, $b.name } }",
    );
    expect(linesOf(found)).toEqual(cycles.toSorted());
    const byEdge = await graph.rows("{ match { $a: Item $a next $b $b $w:next $a } return { $w.weight } }");
    const expected = edges.filter(({ from, to }) => reached(to).includes(from)).map(({ weight }) => weight);
    expect(linesOf(byEdge)).toEqual(linesOf(expected));
  });

  it("more rows than a batch are sorted, and cut to the first ones", async () => {
    const order = (a: Item, b: Item): number =>
      b.rank - a.rank || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
    const expected = items.toSorted(order).map(({ name }) => name);
    expect(await graph.rows("{ match { $a: Item } return { $a.name } order { $a.rank desc } }")).toEqual(
      expected,
    );
    expect(
      await graph.rows("{ match { $a: Item } return { $a.name } order { $a.rank desc } limit 1500 }"),
    ).toEqual(expected.slice(0, 1500));
    expect(
      await graph.rows("{ match { $a: Item } return { $a.name } order { $a.rank desc } limit 100000 }"),
    ).toEqual(expected);
  });

  it("more rows than a batch are grouped by one key, by two, by an entity, and by keys of two variables", async () => {
    const counted = new Map<string, number>();
    const sums = new Map<string, number>();
    for (const { name, group } of items) {
      for (const to of reached(name)) {
        const key = `${group} ${byName(to).group}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
        sums.set(key, (sums.get(key) ?? 0) + byName(to).rank);
      }
    }
    const expected = [...counted].map(([key, count]) => [...key.split(" "), count, sums.get(key)]);
    const text =
      "{ match { $a: Item $a next $b } return { $a.group, $b.group, count($a) as n, sum($b.rank) as s } order { $a.group, $b.group } }";
    const grouped = await graph.rows(text);
    expect(grouped.map((row) => (row as unknown[]).join(" "))).toEqual(linesOf(expected));
    const degrees = items
      .filter(({ name }) => reached(name).length > 0)
      .map(({ name }) => [name, reached(name).length]);
    const byEntity = await graph.rows("{ match { $a: Item $a next $b } return { $a.name, count($b) as n } }");
    expect(linesOf(byEntity)).toEqual(linesOf(degrees));
    const ranks = new Set(items.map(({ rank, group }) => `${rank} ${group}`));
    expect(
      await graph.rows("{ match { $a: Item } return { $a.rank, $a.group, count($a) as n } }"),
    ).toHaveLength(ranks.size);
  });
});
