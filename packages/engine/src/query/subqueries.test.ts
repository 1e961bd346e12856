import { isError } from "@omnigraph/base";
import { beforeAll, describe, expect, it } from "vitest";
import { linesOf, ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";
import { execute } from "./execute.ts";
import type { QueryResult } from "./result/query-result.ts";

/** More than two batches. */
const NODES = 2600;
const EDGES = 9000;

let graph: ReadGraph;
let ranks: readonly number[];
/** Distinct destinations by source. */
let next: readonly ReadonlySet<number>[];

beforeAll(async () => {
  const random = new SeededRandom(17);
  ranks = Array.from({ length: NODES }, () => random.integer(500));
  const edges = Array.from({ length: EDGES }, () => [random.integer(NODES), random.integer(NODES)] as const);
  const sets = ranks.map(() => new Set<number>());
  for (const [from, to] of edges) sets[from]!.add(to);
  next = sets;
  graph = new ReadGraph("node Item { name: String @key  rank: I32 }\nedge Next: Item -> Item");
  const lines = [
    ...ranks.map((rank, at) => ({ type: "Item", data: { name: `i${at}`, rank } })),
    ...edges.map(([from, to]) => ({ edge: "Next", from: `i${from}`, to: `i${to}` })),
  ];
  await graph.load(lines.map((line) => JSON.stringify(line)).join("\n"), "overwrite");
});

const higher = (at: number): number[] => [...next[at]!].filter((to) => ranks[to]! > ranks[at]!);

/** A clock on which every look takes some time. */
function slowClock(): { nowMicros(): number; monotonicMs(): number; sleep(): Promise<void> } {
  let now = 0;
  return { nowMicros: () => 0, monotonicMs: () => (now += 6), sleep: () => Promise.resolve() };
}

describe("subqueries", () => {
  it("the values of more rows than a batch are those of each row", async () => {
    const found = await graph.rows(
      "{ match { $a: Item } return { $a.name, count { $a next $b  $b.rank > $a.rank } as n, max($b.rank) { $a next $b } as most } }",
    );
    const expected = ranks.map((_, at) => {
      const reached = [...next[at]!].map((to) => ranks[to]!);
      return [`i${at}`, higher(at).length, reached.length === 0 ? null : Math.max(...reached)];
    });
    expect(linesOf(found)).toEqual(linesOf(expected));
  });

  it("conditions, orders and groups read them", async () => {
    const some = ranks.flatMap((_, at) => (higher(at).length > 3 ? [`i${at}`] : []));
    const text =
      "{ match { $a: Item  count { $a next $b  $b.rank > $a.rank } > 3 } return { $a.name } order { count { $a next $_ }, $a.name } }";
    const order = (a: string, b: string): number =>
      next[Number(a.slice(1))]!.size - next[Number(b.slice(1))]!.size ||
      Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect(await graph.rows(text)).toEqual(some.toSorted(order));
    const groups = new Map<number, number>();
    for (const { size } of next) groups.set(size, (groups.get(size) ?? 0) + 1);
    expect(
      await graph.rows(
        "{ match { $a: Item } return { count { $a next $_ } as n, count($a) as items } order { n } }",
      ),
    ).toEqual([...groups].toSorted(([a], [b]) => a - b));
  });

  it("a run that yields in the midst of a subquery answers the same", async () => {
    for (const text of [
      "{ match { $a: Item } return { $a.name, sum($c.rank) { $a next $b  $b next $c } as n } order { n desc, $a.name } }",
      "{ match { $a: Item  exists { $a next $b  $b next $c  $c.rank = $a.rank } or $a.rank < 5 } return { $a.name } order { $a.name } }",
    ]) {
      const plan = graph.plan(text);
      const whole = await graph.run(plan);
      const parted = execute(plan, graph.view, {}, { clock: slowClock() });
      expect(parted).toBeInstanceOf(Promise);
      expect((await parted).rows()).toEqual(whole.rows());
    }
  });

  it("a plan computes one where a condition reads it, others for the rows that are left, and each once", () => {
    const plan = graph.plan(
      "{ match { $a: Item  $a next $b  count { $a next $_ } > 3  $a.rank > 2 } return { $a.name, count { $b next $_ } as n, count { $a next $_ } as own } order { count { $b next $_ } desc } }",
    );
    const lines = plan.print(graph.view).split("\n");
    expect(lines.filter((line) => line.startsWith("subquery"))).toEqual(["subquery count", "subquery count"]);
    const [first = 0, last = 0] = lines.flatMap((line, at) => (line.startsWith("subquery") ? [at] : []));
    const followed = lines.findIndex((line) => line.startsWith("expand"));
    expect([first < followed, followed < last]).toEqual([true, true]);
    expect(lines).toContain("  where count { … } > 3");
  });

  it("a count of edges is read of their number", () => {
    const plan = graph.plan("{ match { $a: Item } return { $a.name, count { $a next $_ } as n } }");
    expect(plan.print(graph.view).split("\n")).toEqual([
      "scan $a: Item",
      "subquery count",
      "  test $a: Item",
      "    count $a Next out $_",
    ]);
  });

  it("values that are kept are accounted for", async () => {
    const text = "{ match { $a: Item } return { collect($b.name) { $a next $b } as names } }";
    await expect(graph.run(graph.plan(text), {}, { memoryBytes: 100_000 })).rejects.toSatisfy(
      (error: unknown) => isError(error, "memory_exceeded"),
    );
    // What only a condition reads is not kept.
    const read = "{ match { $a: Item  length(collect($b.name) { $a next $b }) > 100 } return { $a.name } }";
    const answer: QueryResult = await graph.run(graph.plan(read), {}, { memoryBytes: 1_000_000 });
    expect(answer.length).toBe(0);
  });
});
