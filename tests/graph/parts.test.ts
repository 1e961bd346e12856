import { systemEnvironment } from "@omnigraph/base";
import { MemoryObjects, openBackend } from "@omnigraph/storage";
import { MemoryBudget, ObjectLayers, type ObjectStore, Omnigraph, type OpenOptions } from "omnigraph";
import { afterEach, describe, expect, it, vi } from "vitest";

const SCHEMA = "node Item { slug: String @key  number: I64? }";
const PUT = "query put($slug: String, $n: I64) { insert Item { slug: $slug, number: $n } }";
const ALL = "query all() { match { $i: Item } return { $i.slug, $i.number } order { $i.slug } }";
const SUM = "query sum() { match { $i: Item } return { sum($i.number) as n } }";
const ROWS = 2_000;

let names = 0;

/** Objects of nobody's that say whether they were closed. */
function ownObjects(): { readonly objects: ObjectStore; readonly isClosed: () => boolean } {
  let closed = false;
  const objects = new MemoryObjects(`parts-${names++}`);
  objects.close = async () => {
    closed = true;
  };
  return { objects, isClosed: () => closed };
}

describe("a graph in parts that are given", () => {
  it("a graph in given parts is made, opened and read like one at an address, and closes its objects with itself", async () => {
    const { objects, isClosed } = ownObjects();
    const parts = { objects, tables: new ObjectLayers(objects) };
    const first = await Omnigraph.initWith(parts, { schema: SCHEMA, actor: "ann", inlineRows: 10 });
    await first.mutate(PUT, { slug: "a", n: 1 });
    const lines = Array.from({ length: 50 }, (_, n) => ({
      type: "Item",
      data: { slug: `t${n}`, number: n },
    }));
    await first.load(lines, { mode: "append" });
    expect((await objects.list("tables/")).length).toBeGreaterThan(0);
    await first.close();
    expect(isClosed()).toBe(true);
    await using again = await Omnigraph.openWith(parts);
    expect((await again.query(ALL)).rows).toHaveLength(51);
    expect((await again.commits.list()).map(({ actor }) => actor)).toEqual(["ann", "ann", "ann"]);
  });

  it("a graph has the times of the clock that is given", async () => {
    const { objects } = ownObjects();
    const clock = clockAt(1_800_000_000_000_000);
    const environment = { ...systemEnvironment, clock };
    await using graph = await Omnigraph.initWith(
      { objects, tables: new ObjectLayers(objects), environment },
      { schema: SCHEMA },
    );
    const { commit } = await graph.mutate(PUT, { slug: "a", n: 1 });
    expect(commit?.createdAt).toBe(1_800_000_000_000_001);
  });

  it("a graph that cannot be opened or made leaves its parts open, and writes nothing", async () => {
    const { objects, isClosed } = ownObjects();
    const parts = { objects, tables: new ObjectLayers(objects) };
    await expect(Omnigraph.openWith(parts)).rejects.toMatchObject({ reason: "graph_not_found" });
    await expect(Omnigraph.initWith(parts, { schema: "node {" })).rejects.toMatchObject({
      reason: "schema_invalid",
    });
    expect(isClosed()).toBe(false);
    expect(await objects.list("")).toEqual([]);
  });

  it("a graph takes the parts that a backend gives", async () => {
    const backend = await openBackend(`memory://parts-${names++}`, systemEnvironment);
    await using graph = await Omnigraph.initWith(backend, { schema: SCHEMA });
    await graph.mutate(PUT, { slug: "a", n: 1 });
    expect((await graph.query(SUM)).rows).toEqual([{ n: 1 }]);
  });
});

describe("graphs that share a budget of memory", () => {
  const made = async (memory?: OpenOptions["memory"]): Promise<Omnigraph> => {
    const uri = `memory://budget-${names++}`;
    const lines = Array.from({ length: ROWS }, (_, n) => ({
      type: "Item",
      data: { slug: `s${n}`, number: n },
    }));
    {
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA, memory: 1 });
      await graph.load(lines, { mode: "append" });
    }
    return Omnigraph.open(uri, memory === undefined ? {} : { memory });
  };
  const expected = [{ n: (ROWS * (ROWS - 1)) / 2 }];

  it("graphs keep within a shared budget together, whichever of them asks", async () => {
    const alone = new MemoryBudget(2 ** 30);
    await using one = await made(alone);
    await one.query(ALL);
    const budget = new MemoryBudget(Math.floor(alone.used * 1.5));
    await using left = await made(budget);
    await using right = await made(budget);
    for (const graph of [left, right, left, right]) {
      expect((await graph.query(ALL)).rows).toHaveLength(ROWS);
      expect((await graph.query(SUM)).rows).toEqual(expected);
      expect(budget.used).toBeLessThanOrEqual(budget.limit);
      expect(budget.used).toBeGreaterThan(alone.used / 2);
    }
  });

  it("graphs give back their own memory when they are closed, and leave what is another's", async () => {
    const budget = new MemoryBudget(2 ** 30);
    const left = await made(budget);
    await left.query(ALL);
    const ofLeft = budget.used;
    await using right = await made(budget);
    await right.query(ALL);
    const ofRight = budget.used - ofLeft;
    expect(ofLeft).toBeGreaterThan(ROWS);
    expect(ofRight).toBeGreaterThan(ROWS);
    await left.close();
    expect(budget.used).toBe(ofRight);
    expect((await right.query(SUM)).rows).toEqual(expected);
    expect(budget.used).toBe(ofRight);
  });

  it("a shared budget is not touched by a graph which has its own", async () => {
    const budget = new MemoryBudget(2 ** 30);
    await using shared = await made(budget);
    await using own = await made(1);
    await shared.query(ALL);
    const before = budget.used;
    expect((await own.query(SUM)).rows).toEqual(expected);
    expect(budget.used).toBe(before);
  });
});

describe("the budget of the process", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("a budget of the process that is no number is refused before a graph is made", async () => {
    const uri = `memory://parts-${names++}`;
    vi.stubEnv("OMNIGRAPH_MEMORY", "much");
    await expect(Omnigraph.init(uri, { schema: SCHEMA })).rejects.toMatchObject({ reason: "usage" });
    vi.stubEnv("OMNIGRAPH_MEMORY", undefined);
    await expect(Omnigraph.open(uri)).rejects.toMatchObject({ reason: "graph_not_found" });
  });
});

/** A clock that stands still. */
function clockAt(micros: number): typeof systemEnvironment.clock {
  return { nowMicros: () => micros, monotonicMs: () => 0, sleep: () => Promise.resolve() };
}
