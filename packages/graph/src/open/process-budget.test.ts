import { LIMITS } from "@omnigraph/base";
import { afterEach, expect, test, vi } from "vitest";
import { Omnigraph } from "../omnigraph.ts";
import { processBudget } from "./process-budget.ts";

const SCHEMA = "node Item { slug: String @key }";
const ALL = "query all() { match { $i: Item } return { $i.slug } }";

afterEach(() => vi.unstubAllEnvs());

async function made(name: string): Promise<Omnigraph> {
  const graph = await Omnigraph.init(`memory://${name}`, { schema: SCHEMA });
  await graph.load(
    Array.from({ length: 100 }, (_, n) => ({ type: "Item", data: { slug: `${name}${n}` } })),
    { mode: "append" },
  );
  return graph;
}

test("all graphs of a process that are given no other share one budget, which is as large as OMNIGRAPH_MEMORY says at the latest open", async () => {
  vi.stubEnv("OMNIGRAPH_MEMORY", "1000000");
  const left = await made("left");
  await using right = await made("right");
  const budget = processBudget();
  await left.query(ALL);
  const ofLeft = budget.used;
  await right.query(ALL);
  expect(budget.limit).toBe(1_000_000);
  expect(budget.used).toBeGreaterThan(ofLeft);
  const both = budget.used;
  await left.close();
  expect(budget.used).toBe(both - ofLeft);
  vi.stubEnv("OMNIGRAPH_MEMORY", "1");
  await using _small = await made("small");
  expect(processBudget()).toBe(budget);
  expect([budget.limit, budget.used]).toEqual([1, 0]);
  vi.stubEnv("OMNIGRAPH_MEMORY", "3MiB");
  await using _middle = await made("middle");
  expect(budget.limit).toBe(3 * 2 ** 20);
  for (const wrong of ["0", "-1", "1.5GiB", "2GB", "much"]) {
    vi.stubEnv("OMNIGRAPH_MEMORY", wrong);
    await expect(made("wrong")).rejects.toMatchObject({ reason: "usage" });
  }
  vi.stubEnv("OMNIGRAPH_MEMORY", undefined);
  await using _large = await made("large");
  expect(budget.limit).toBe(LIMITS.memoryBytes.value);
});
