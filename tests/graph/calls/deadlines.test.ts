import { setImmediate } from "node:timers/promises";
import { type Clock, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";
import { SimulatedProcess, SimulatedTime } from "../../support/simulation/time.ts";

const SCHEMA = "node Item { slug: String @key }";
const ALL = "query all() { match { $i: Item } return { $i.slug } }";
const DAY_MS = 86_400_000;

let made = 0;
const fresh = (): Promise<Omnigraph> => Omnigraph.init(`memory://deadlines-${made++}`, { schema: SCHEMA });

/** An input that takes a moment. */
async function* slow(): AsyncGenerator<string> {
  await new Promise((done) => setTimeout(done, 30));
  yield '{"type":"Item","data":{"slug":"a"}}';
}

/** An input that never comes. */
async function* hung(): AsyncGenerator<string> {
  await new Promise(() => {});
  yield "";
}

it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, Number.MAX_VALUE, Infinity])(
  "a deadline of %d ms ends no call that is shorter",
  async (deadlineMs) => {
    await using graph = await fresh();
    await graph.load(slow(), { mode: "append", deadlineMs });
    expect((await graph.query(ALL, {}, { deadlineMs })).rows).toHaveLength(1);
    const prepared = await graph.prepare(ALL);
    expect((await prepared.run({}, { deadlineMs, maxStalenessMs: Infinity })).rows).toHaveLength(1);
    for await (const piece of graph.export({ deadlineMs })) expect(piece.length).toBeGreaterThan(0);
    for await (const piece of graph.changes.baseline({ deadlineMs })) expect(piece.length).toBeGreaterThan(0);
    expect(await graph.commits.list({ deadlineMs })).toHaveLength(2);
  },
);

/** A graph with a clock of its own, which counts those that sleep. */
async function watched(own: Clock): Promise<{ graph: Omnigraph; slept: number[]; asleep: () => number }> {
  const slept: number[] = [];
  let asleep = 0;
  const clock: Clock = {
    nowMicros: () => own.nowMicros(),
    monotonicMs: () => own.monotonicMs(),
    sleep: (ms, signal, options) => {
      // What is done now and then has no deadline.
      if (options?.mayEnd === true) return own.sleep(ms, signal, options);
      slept.push(ms);
      asleep++;
      return own.sleep(ms, signal).finally(() => asleep--);
    },
  };
  const objects = new MemoryObjects(`deadlines-${made++}`);
  const environment = { clock, random: systemEnvironment.random };
  const parts = { objects, tables: new ObjectLayers(objects), environment };
  const graph = await Omnigraph.initWith(parts, { schema: SCHEMA, maintenance: "off" });
  return { graph, slept, asleep: () => asleep };
}

it("a deadline longer than one timer can run ends the call when it is due, and not before", async () => {
  const { clock } = new SimulatedProcess("caller", new SimulatedTime(), new SeededRandom(1));
  const { graph, slept } = await watched(clock);
  let ended = false;
  const load = graph.load(hung(), { mode: "append", deadlineMs: 60 * DAY_MS });
  load.catch(() => undefined).finally(() => (ended = true));
  await clock.sleep(60 * DAY_MS - 1);
  expect(ended).toBe(false);
  await clock.sleep(2);
  expect(ended).toBe(true);
  await expect(load).rejects.toMatchObject({
    reason: "deadline_exceeded",
    details: { deadline_ms: 60 * DAY_MS },
  });
  expect(Math.max(...slept)).toBeLessThan(2 ** 31);
  await graph.close();
});

it("a call that ends before its deadline leaves no timer behind, whether it succeeds or fails", async () => {
  const { graph, slept, asleep } = await watched(systemEnvironment.clock);
  for (const deadlineMs of [60_000, Infinity]) {
    slept.length = 0;
    await graph.query(ALL, {}, { deadlineMs });
    await expect(graph.query("query", {}, { deadlineMs })).rejects.toMatchObject({ reason: "query_invalid" });
    for await (const piece of graph.export({ deadlineMs })) expect(piece.length).toBeGreaterThan(0);
    await setImmediate();
    expect(slept.length).toBeGreaterThan(1);
    expect(asleep()).toBe(0);
  }
  await graph.close();
});

it("a deadline of nothing ends a call that waits", async () => {
  await using graph = await fresh();
  await expect(graph.load(hung(), { mode: "append", deadlineMs: 0 })).rejects.toMatchObject({
    reason: "deadline_exceeded",
  });
  await expect(graph.load(busy(), { mode: "append", deadlineMs: 40 })).rejects.toMatchObject({
    reason: "deadline_exceeded",
  });
  expect(await graph.commits.list()).toHaveLength(1);
});

/** A source that gives pieces without ever waiting. */
function* busy(): Generator<string> {
  for (;;) yield "\n";
}

it.each([Number.NaN, -1, -Infinity, "5", null, 5n])(
  "a deadline or a staleness of %s is refused",
  async (value) => {
    await using graph = await fresh();
    for (const member of ["deadlineMs", "maxStalenessMs"])
      await expect(graph.query(ALL, {}, { [member]: value })).rejects.toMatchObject({
        reason: "usage",
        message: expect.stringContaining(`${member} is `),
      });
  },
);
