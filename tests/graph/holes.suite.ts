import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, isError, systemEnvironment } from "@omnigraph/base";
import { type BranchLog, GraphLog, MAIN_LOG_ID, takesOneSync } from "@omnigraph/log";
import { LocalObjects, MemoryObjects, type ObjectStore, openBackend } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { slotKey } from "../../packages/log/src/address.ts";
import { BLOCK_SLOTS } from "../../packages/log/src/digest/blocks.ts";
import { checkCases, patience } from "../support/running/cases.ts";
import { testFolder } from "../support/running/folders.ts";
import { GRAPH } from "../support/log/log-world.ts";
import { rowsAt, TYPE, writeOf } from "../support/log/log-writes.ts";
import { grow } from "../support/log/long-log.ts";
import { overridden } from "../support/stores/overridden.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

// A log one slot of which is gone, empty or cut: whoever reads it gets every row or an error, and nothing is acknowledged into the hole.

type Damage = "removed" | "emptied" | "cut";

/** Where a log is kept, and how its objects are damaged behind the store's back. */
export interface Place {
  readonly store: ObjectStore;
  damage(key: string, damage: Damage): Promise<void>;
  restore(key: string, bytes: Uint8Array): Promise<void>;
}

function localPlace(root: string): Place {
  const store = new LocalObjects(root, { oneSync: takesOneSync });
  return {
    store,
    damage: async (key, damage) => {
      if (damage === "removed") rmSync(join(root, key));
      else truncateSync(join(root, key), damage === "emptied" ? 0 : 30);
    },
    restore: async (key, bytes) => {
      rmSync(join(root, `${key}~1`), { force: true });
      writeFileSync(join(root, key), bytes);
    },
  };
}

function placeOf(store: ObjectStore): Place {
  return {
    store,
    damage: async (key, damage) => {
      const bytes = (await store.get(key)) ?? new Uint8Array();
      if (damage === "removed") await store.delete(key);
      else await store.put(key, bytes.subarray(0, damage === "emptied" ? 0 : 30));
    },
    restore: (key, bytes) => store.put(key, bytes),
  };
}

/** The places for logs, by name, each with a maker of one by its name, and how many times as many cases it is worth. For use at the top of a test file. */
export function places(): readonly (readonly [string, (name: string) => Promise<Place>, number])[] {
  const folder = testFolder("holes");
  const bucket = s3Bucket();
  return [
    ["a local folder", async (name) => localPlace(join(folder, name)), 10],
    ["memory", async (name) => placeOf(new MemoryObjects(`holes-${name}`)), 8],
    [
      "S3",
      async (name) => placeOf((await openBackend(`s3://${bucket()}/${name}`, systemEnvironment)).objects),
      1,
    ],
  ];
}

/** Logs of so many slots: about the ends of blocks, and of the steps of a search for the head. */
const LENGTHS = [1, 2, 3, 5, 16, 31, 32, 33, 63, 64, 65, 66, 100, 127, 128, 129, 150, 192, 200];

/** A handle whose clock can be moved. */
export interface Handle {
  readonly log: GraphLog;
  readonly main: BranchLog;
  wait(ms: number): void;
}

export async function handleOn(store: ObjectStore): Promise<Handle> {
  let passed = 0;
  const real = systemEnvironment.clock;
  const clock: Clock = {
    nowMicros: () => real.nowMicros(),
    sleep: (ms, signal) => real.sleep(ms, signal),
    monotonicMs: () => real.monotonicMs() + passed,
  };
  const log = await GraphLog.open(store, { ...systemEnvironment, clock }, { readOnly: false });
  return { log, main: await log.branch("main"), wait: (ms) => (passed += ms) };
}

/** A handle that puts nothing in the background, once the case is over. */
export function reader(store: ObjectStore): Promise<GraphLog> {
  return GraphLog.open(store, systemEnvironment, { readOnly: true });
}

interface Case {
  readonly length: number;
  /** The damaged slot, modulo the length. */
  readonly at: number;
  readonly damage: Damage;
  /** A handle that knows nothing, one that knows the log up to the slot before, one that knows all of it. */
  readonly handle: "cold" | "behind" | "warm";
  /** What it does first. */
  readonly first: "read" | "write";
}

const drawn: fc.Arbitrary<Case> = fc.record({
  length: fc.constantFrom(...LENGTHS),
  at: fc.nat({ max: 600_000 }),
  damage: fc.constantFrom<Damage>("removed", "emptied", "cut"),
  handle: fc.constantFrom("cold", "behind", "warm"),
  first: fc.constantFrom("read", "write"),
});

/** A log of a length with all that is in its store. */
export interface Grown {
  readonly place: Place;
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

export async function grownTo(place: Place, length: number): Promise<Grown> {
  const { store } = place;
  const log = await GraphLog.init(store, systemEnvironment, GRAPH);
  const ids = Array.from({ length: length - 1 }, (_, i) => `n${i}`);
  const main = await log.branch("main");
  await grow(log, main, TYPE, ids.slice(0, -1), { durability: "relaxed" });
  await grow(log, main, TYPE, ids.slice(-1));
  await log.close();
  const objects = new Map<string, Uint8Array>();
  for (const { key } of await store.list(""))
    objects.set(key, (await store.get(key)) ?? expect.fail(`no ${key}`));
  return { place, objects };
}

/** A handle that has seen the first slots of a log. */
export async function handleBehind({ place: { store }, objects }: Grown, slots: number): Promise<Handle> {
  const hidden = new Set([...objects.keys()].filter((key) => key.includes("/digests/")));
  for (let slot = slots; objects.has(slotKey(MAIN_LOG_ID, slot)); slot++)
    hidden.add(slotKey(MAIN_LOG_ID, slot));
  let isHiding = true;
  const hiding = (key: string): boolean => isHiding && hidden.has(key);
  const seen = overridden(store, {
    get: async (key, signal) => (hiding(key) ? null : store.get(key, signal)),
    exists: async (key) => !hiding(key) && store.exists(key),
    list: async (prefix, options) =>
      isHiding ? (await store.list(prefix)).filter(({ key }) => !hiding(key)) : store.list(prefix, options),
  });
  const handle = await handleOn(seen);
  await handle.main.head();
  isHiding = false;
  return handle;
}

async function errorOr<T>(action: () => Promise<T>): Promise<T | "error"> {
  try {
    return await action();
  } catch (cause) {
    if (!isError(cause)) throw cause;
    expect(["log_torn", "log_corrupt", "graph_replaced"]).toContain(cause.reason);
    return "error";
  }
}

async function checkCase(grown: Grown, { length, at, damage, handle: kind, first }: Case): Promise<void> {
  const { place, objects } = grown;
  const slot = at % length;
  const key = slotKey(MAIN_LOG_ID, slot);
  const whole = objects.get(key) ?? expect.fail("no object");
  const handle =
    kind === "behind" && slot > 0 ? await handleBehind(grown, slot) : await handleOn(place.store);
  if (kind === "warm") await handle.main.head();
  await place.damage(key, damage);
  try {
    // A reader, and a writer of the newest slot, look with care once a second; a writer below sees the next slot.
    handle.wait(first === "read" || slot === length - 1 ? 2000 : 0);
    // What was the newest slot, and no digest speaks of: the log is one slot shorter, as power loss before the answer leaves it.
    const isLost = slot === length - 1 && length % BLOCK_SLOTS !== 0 && damage !== "cut" && kind !== "warm";
    const end = isLost && !(damage === "emptied" && place.store.ordered) ? length - 1 : length;
    if (first === "read") {
      const rows = await errorOr(() => rowsAt(handle.log, "main"));
      if (rows !== "error") expect(rows).toBe(end - 1);
    }
    const written = await errorOr(() => handle.log.writer(handle.main).submit(writeOf("new")));
    if (written !== "error") expect(written.commit?.address.slot).toBe(end);
    if (slot < length - 1) {
      const later = await errorOr(async () => rowsAt(await reader(place.store), "main"));
      if (later !== "error") expect(later).toBe(written === "error" ? end - 1 : end);
    }
  } finally {
    await handle.log.close();
    for (const listed of await place.store.list(""))
      if (!objects.has(listed.key)) await place.store.delete(listed.key);
    await place.restore(key, whole);
  }
}

/** Random holes in logs of one kind of place, so many. */
export function holesSuite(name: string, placeAt: (name: string) => Promise<Place>, count: number): void {
  it(
    `a damaged log gives every row or an error, and acknowledges nothing into the hole, ${count} times`,
    async () => {
      const grown = new Map<number, Grown>();
      const check = async (one: Case): Promise<void> => {
        const made = grown.get(one.length) ?? (await grownTo(await placeAt(`log-${one.length}`), one.length));
        grown.set(one.length, made);
        await checkCase(made, one);
      };
      await checkCases(`hole-${name.replaceAll(" ", "-")}`, drawn, count, check);
    },
    patience(count),
  );
}
