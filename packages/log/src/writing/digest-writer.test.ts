import { OmnigraphError, systemEnvironment } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { MemoryObjects, type ObjectStore } from "@omnigraph/storage";
import { describe, expect, test } from "vitest";
import { disturbed, grow } from "../../../../tests/support/log/long-log.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { MAIN_LOG_ID, slotKey, type LogId } from "../address.ts";
import { GraphLog } from "../graph-log.ts";
import { decodeBlock } from "../digest/block-format.ts";
import { BLOCK_SLOTS, blockKey } from "../digest/blocks.ts";
import { SimulatedTime } from "../../../../tests/support/simulation/time.ts";
import { calmNetwork } from "../../../../tests/support/simulation/network.ts";
import { SimulatedObjects } from "../../../../tests/support/simulation/objects.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
const DIGESTS = "__manifest/digests/";

let named = 0;

function ids(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, i) => `n${from + i}`);
}

async function made(): Promise<MemoryObjects> {
  const store = new MemoryObjects(`digest writer ${named++}`);
  await GraphLog.init(store, systemEnvironment, OPTIONS);
  return store;
}

function open(store: ObjectStore, readOnly = false): Promise<GraphLog> {
  return GraphLog.open(store, systemEnvironment, { readOnly });
}

async function digestsIn(store: ObjectStore): Promise<readonly string[]> {
  return (await store.list(DIGESTS)).map(({ key }) => key);
}

describe("who writes", () => {
  test("a writer puts a digest once a block is full, and closing waits for it", async () => {
    const store = await made();
    const log = await open(store);
    await grow(log, await log.branch("main"), TYPE, ids(BLOCK_SLOTS - 2));
    await log.close();
    expect(await digestsIn(store)).toEqual([]);
    const again = await open(store);
    await grow(again, await again.branch("main"), TYPE, ["last"]);
    await again.close();
    expect(await digestsIn(store)).toEqual([blockKey(MAIN_LOG_ID, 0)]);
  });

  test("a writer has its answer while the store does not take the digest", async () => {
    const store = await made();
    let release = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const log = await open(
      overridden(store, {
        put: async (key, bytes) => {
          await stuck;
          await store.put(key, bytes);
        },
      }),
    );
    await grow(log, await log.branch("main"), TYPE, ids(2 * BLOCK_SLOTS));
    expect(await digestsIn(store)).toEqual([]);
    release();
    await log.close();
    expect(await digestsIn(store)).toHaveLength(2);
  });

  test.each(["store_denied", "store_full", "store_transient"] as const)(
    "a writer hears nothing of %s, which a digest met",
    async (reason) => {
      const store = await made();
      const put = (): Promise<void> => Promise.reject(new OmnigraphError(reason, "not now"));
      const log = await open(overridden(store, { put }));
      await grow(log, await log.branch("main"), TYPE, ids(2 * BLOCK_SLOTS));
      await log.close();
      expect((await (await open(store)).head("main")).address.slot).toBe(2 * BLOCK_SLOTS);
    },
  );

  test("two writers may put digests at one time", async () => {
    const store = await made();
    const logs = [await open(store), await open(store)];
    const both = logs.map(async (log, i) => grow(log, await log.branch("main"), TYPE, ids(150, 1_000 * i)));
    await Promise.all(both);
    for (const log of logs) await log.close();
    expect(await digestsIn(store)).toEqual([0, 1, 2, 3].map((n) => blockKey(MAIN_LOG_ID, n)));
    await expectTrue(store, MAIN_LOG_ID);
  });

  test("digests of branches are put as well", async () => {
    const store = await made();
    const log = await open(store);
    const draft = await log.createBranch("draft", await log.head("main"), null);
    await grow(log, draft, TYPE, ids(BLOCK_SLOTS));
    await log.close();
    expect(await digestsIn(store)).toEqual([blockKey(draft.logId, 0)]);
    await expectTrue(store, draft.logId);
  });

  test("large objects are left to their slots", async () => {
    const store = await made();
    const log = await open(store);
    const large = "x".repeat(300 << 10);
    await grow(log, await log.branch("main"), TYPE, [...ids(9), large, ...ids(BLOCK_SLOTS)]);
    await log.close();
    const digest = await blockOf(store, MAIN_LOG_ID, 0);
    expect([...digest.keys()]).toEqual([...Array(BLOCK_SLOTS).keys()].filter((slot) => slot !== 10));
    const again = await open(store, true);
    const range = { logId: MAIN_LOG_ID, from: 0, fromIndex: 0, to: 70, toIndex: 0 };
    await again.head("main");
    expect(await again.readChanges(range, TYPE)).toHaveLength(70);
  });
});

describe("relaxed commits", () => {
  test("relaxed commits are digested once a durable one comes after them, without another sync of theirs", async () => {
    const store = await made();
    const synced: string[] = [];
    const log = await open(
      disturbed(store, { onCall: (operation, key) => operation === "sync" && synced.push(key) }),
    );
    const main = await log.branch("main");
    await grow(log, main, TYPE, ids(2 * BLOCK_SLOTS), { durability: "relaxed" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await digestsIn(store)).toEqual([]);
    expect(synced).toEqual([]);
    await grow(log, main, TYPE, ["durable"]);
    await log.close();
    expect(await digestsIn(store)).toHaveLength(2);
    await expectTrue(store, MAIN_LOG_ID);
    const commits = synced.filter((key) => key.endsWith(".commit"));
    expect(new Set(commits).size).toBe(commits.length);
  });

  test("relaxed commits are synced before a reader puts a digest of them", async () => {
    const store = await made();
    const writer = await open(store);
    await grow(writer, await writer.branch("main"), TYPE, ids(BLOCK_SLOTS + 5), { durability: "relaxed" });
    await writer.close();
    expect(await digestsIn(store)).toEqual([]);
    const calls: string[] = [];
    const onCall = (operation: string, key: string): unknown => calls.push(`${operation} ${key}`);
    const log = await open(disturbed(store, { onCall }));
    await log.head("main");
    await log.commits(MAIN_LOG_ID, 0, BLOCK_SLOTS);
    await expect.poll(() => digestsIn(store)).toHaveLength(1);
    await log.close();
    const at = calls.indexOf(`put ${blockKey(MAIN_LOG_ID, 0)}`);
    for (let slot = 1; slot < BLOCK_SLOTS; slot++)
      expect(calls.slice(0, at)).toContain(`sync ${slotKey(MAIN_LOG_ID, slot)}`);
  });
});

describe("who reads", () => {
  test("a reader gives up what is not written yet when it closes", async () => {
    const store = await made();
    const writer = await open(store);
    await grow(writer, await writer.branch("main"), TYPE, ids(8 * BLOCK_SLOTS));
    await writer.close();
    await store.deletePrefix(DIGESTS);
    const log = await open(store);
    const { slot } = (await log.head("main")).address;
    await log.commits(MAIN_LOG_ID, 0, slot);
    await log.close();
    const there = (await digestsIn(store)).length;
    expect(there).toBeLessThan(8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await digestsIn(store)).toHaveLength(there);
  });
});

describe("power loss", () => {
  test("power loss takes nothing that a digest shows, whoever put it and whoever read it", async () => {
    let lost = 0;
    let shown = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed);
      await GraphLog.init(world.connect("maker"), world.process("maker"), OPTIONS);
      const a = await begin(world, "a");
      if (seed % 2 === 0) {
        await grow(a, await a.branch("main"), TYPE, ids(BLOCK_SLOTS - 1 + (seed % 3)), {
          durability: "relaxed",
        });
      } else {
        await grow(a, await a.branch("main"), TYPE, ids(BLOCK_SLOTS - 2));
        const ending = await begin(world, "ending", unsynced);
        await grow(ending, await ending.branch("main"), TYPE, ["last"]);
      }
      const b = await begin(world, "b");
      const { slot } = (await b.head("main")).address;
      await b.commits(MAIN_LOG_ID, 0, slot);
      await world.process("b").clock.sleep(seed * 10);
      world.powerLoss();
      const digest = world.look(blockKey(MAIN_LOG_ID, 0));
      if (digest !== null) shown++;
      if (
        Array.from({ length: slot + 1 }, (_, i) => i).some(
          (i) => world.look(slotKey(MAIN_LOG_ID, i)) === null,
        )
      )
        lost++;
      for (const [at, bytes] of decoded(digest) ?? [])
        expect(
          Buffer.compare(bytes, world.look(slotKey(MAIN_LOG_ID, at)) ?? Buffer.alloc(0)),
          `${seed}.${at}`,
        ).toBe(0);
    }
    expect([lost > 0, shown > 10]).toEqual([true, true]);
  });
});

async function begin(
  world: SimulatedObjects,
  id: string,
  through: (store: ObjectStore) => ObjectStore = (store) => store,
): Promise<GraphLog> {
  return GraphLog.open(through(world.connect(id)), world.process(id), { readOnly: false });
}

/** A process that ends between putting what all can see and syncing it. */
function unsynced(store: ObjectStore): ObjectStore {
  return overridden(store, {
    sync: async () => undefined,
    put: async () => undefined,
    putIfAbsent: (key, bytes) => store.putIfAbsent(key, bytes, "relaxed"),
  });
}

function decoded(bytes: Uint8Array | null): ReadonlyMap<number, Uint8Array> | null {
  try {
    return bytes === null ? null : decodeBlock(bytes, MAIN_LOG_ID, 0, "place");
  } catch {
    return null; // torn: nobody is shown anything
  }
}

async function blockOf(
  store: ObjectStore,
  logId: LogId,
  n: number,
): Promise<ReadonlyMap<number, Uint8Array>> {
  return decodeBlock((await store.get(blockKey(logId, n))) ?? expect.fail("no digest"), logId, n, "place");
}

/** Holds digests to hold what the slots hold. */
async function expectTrue(store: ObjectStore, logId: LogId): Promise<void> {
  for (const key of await digestsIn(store)) {
    for (const [slot, bytes] of await blockOf(store, logId, Number(key.split("/").at(-1))))
      expect(Buffer.compare(bytes, (await store.get(slotKey(logId, slot))) ?? Buffer.alloc(0))).toBe(0);
  }
}
