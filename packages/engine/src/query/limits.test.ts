import { isError, OmnigraphError } from "@omnigraph/base";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";
import type { QueryResult } from "./result/query-result.ts";
import { MemoryPool } from "../view/memory-pool.ts";
import { execute } from "./execute.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";

const NODES = 700;
const EDGES = 3000;

/** Long enough to see every kind of limit: all pairs are half a million rows. */
const LONG = "{ match { $a: Item $b: Item $a.rank < $b.rank } return { $a.name, $b.name } }";
const SHORT = '{ match { $a: Item { name: "i7" } $a next{1,3} $b } return { count($b) as n } }';

let graph: ReadGraph;

beforeAll(async () => {
  graph = new ReadGraph("node Item { name: String @key  rank: I32 }\nedge Next: Item -> Item");
  const random = new SeededRandom(5);
  const lines = Array.from({ length: NODES }, (_, i) => ({
    type: "Item",
    data: { name: `i${i}`, rank: random.integer(100) },
  }));
  const edges = Array.from({ length: EDGES }, () => ({
    edge: "Next",
    from: `i${random.integer(NODES)}`,
    to: `i${random.integer(NODES)}`,
  }));
  await graph.load([...lines, ...edges].map((line) => JSON.stringify(line)).join("\n"), "overwrite");
  await graph.run(graph.plan(LONG));
});

/** A clock on which every look takes some time. */
function clockOf(msPerLook: number): { nowMicros(): number; monotonicMs(): number; sleep(): Promise<void> } {
  let now = 0;
  return { nowMicros: () => 0, monotonicMs: () => (now += msPerLook), sleep: () => Promise.resolve() };
}

const fails = (reason: Parameters<typeof isError>[1]) => (error: unknown) => isError(error, reason);

describe("limits of a run", () => {
  it("a short query over a resident view answers synchronously", async () => {
    const plan = graph.plan(SHORT);
    await graph.run(plan);
    await graph.run(plan);
    const answer = execute(plan, graph.view, {}, { clock: clockOf(0) });
    expect(answer).not.toBeInstanceOf(Promise);
  });

  it("a long query yields to the event loop, and answers the same", async () => {
    const plan = graph.plan("{ match { $a: Item $b: Item $a.rank < $b.rank } return { count($a) as n } }");
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const answer = execute(plan, graph.view, {}, { clock: clockOf(6) });
    expect(answer).toBeInstanceOf(Promise);
    const held = await answer;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    const alone = execute(plan, graph.view, {}, { clock: clockOf(0) }) as QueryResult;
    expect(held.rows()).toEqual(alone.rows());
  });

  it("a run ends at its deadline", async () => {
    const run = graph.run(graph.plan(LONG), {}, { clock: clockOf(1), deadline: 20 });
    await expect(run).rejects.toSatisfy(fails("deadline_exceeded"));
    const late = graph.run(graph.plan(SHORT), {}, { clock: clockOf(1), deadline: 0 });
    await expect(late).rejects.toSatisfy(fails("deadline_exceeded"));
  });

  it("a run ends when it is aborted, before and while it runs", async () => {
    const already = graph.run(graph.plan(SHORT), {}, { signal: AbortSignal.abort() });
    await expect(already).rejects.toSatisfy(fails("aborted"));
    const stop = new AbortController();
    const run = graph.run(graph.plan(LONG), {}, { clock: clockOf(20), signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(run).rejects.toSatisfy(fails("aborted"));
  });

  it.each([
    ["rows kept", "{ match { $a: Item $b: Item } return { $a.name, $b.name } }"],
    ["rows sorted", "{ match { $a: Item $b: Item } return { $a.name, $b.name } order { $b.name } }"],
    ["groups", "{ match { $a: Item $b: Item } return { $a.name, $b.name, count($a) as n } }"],
  ])("%s beyond the memory limit is refused", async (_what, text) => {
    await expect(graph.run(graph.plan(text), {}, { memoryBytes: 100_000 })).rejects.toSatisfy(
      fails("memory_exceeded"),
    );
  });

  it.each([
    ["rows kept", "return { $a.name, $b.name }"],
    ["rows sorted", "return { $a.name, $b.rank } order { $b.rank desc }"],
    ["groups", "return { $a.name, $b.name, count($a) as n }"],
    ["a grouped top 20", "return { $a.name, $b.rank, count($b) as n } order { n desc } limit 20"],
  ])("%s beyond the memory limit go to disk, which is free again when the answer is", async (_what, text) => {
    const { spill } = new MemoryPool(1).pages;
    const taken = vi.spyOn(spill, "take");
    const plan = graph.plan(`{ match { $a: Item $b: Item $b.rank < 10 } ${text} }`);
    const answer = await graph.run(plan, {}, { memoryBytes: 400_000, rows: { rowsAbove: 50_000, spill } });
    const same = await graph.run(plan);
    expect(taken).toHaveBeenCalled();
    expect(answer.length).toBe(same.length);
    for (let column = 0; column < same.columns.length; column++) {
      const values = answer.values(column);
      expect(same.values(column).findIndex((value, row) => value !== values[row])).toBe(-1);
    }
    answer.release();
    expect(spill.used).toBe(0);
  });

  it("a run that is stopped gives back the disk", async () => {
    const { spill } = new MemoryPool(1).pages;
    const stop = new AbortController();
    const limits = { signal: stop.signal, rows: { rowsAbove: 1000, spill } };
    const run = graph.run(graph.plan(LONG), {}, { clock: clockOf(20), ...limits });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, spill.used);
      if (most > 0) stop.abort();
    }, 0);
    await expect(run).rejects.toSatisfy(fails("aborted"));
    clearInterval(watch);
    expect(most).toBeGreaterThan(0);
    expect(spill.used).toBe(0);
  });

  it("the first rows of an order are kept in a heap, and not all rows", async () => {
    const plan = graph.plan(
      "{ match { $a: Item $b: Item } return { $a.name, $b.name } order { $b.rank desc } limit 10 }",
    );
    const result = await graph.run(plan, {}, { memoryBytes: 100_000 });
    expect(result.length).toBe(10);
  });

  it("a plan stays usable when a run of it was stopped, also while other runs are in progress", async () => {
    const plan = graph.plan(
      "{ match { $a: Item $a next $b $b next $c } return { $a.name, $c.rank } order { $c.rank } limit 5 }",
    );
    const expected = (await graph.run(plan)).rows();
    const runs = await Promise.allSettled([
      graph.run(plan, {}, { clock: clockOf(20) }),
      graph.run(plan, {}, { clock: clockOf(1), deadline: 1 }),
      graph.run(plan, {}, { clock: clockOf(20) }),
    ]);
    expect(runs.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    for (const run of runs) if (run.status === "fulfilled") expect(run.value.rows()).toEqual(expected);
    expect((await graph.run(plan)).rows()).toEqual(expected);
  });

  it("a failure of loading is passed on", async () => {
    const broken = graph.view.advance([], new Map());
    const failing = Object.assign(Object.create(broken) as typeof broken, {
      has: () => false,
      pin: () => null,
      count: () => 1,
      hold: () => Promise.reject(new OmnigraphError("object_corrupt", "a layer is damaged")),
    });
    await expect(execute(graph.plan(LONG), failing, {}, { clock: clockOf(0) })).rejects.toSatisfy(
      fails("object_corrupt"),
    );
  });
});
