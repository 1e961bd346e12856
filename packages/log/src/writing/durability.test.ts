import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore, PutOutcome } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { type LogProcess, LogWorld } from "../../../../tests/support/log/log-world.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { writeOf } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

describe("durability", () => {
  test("a relaxed commit says so, and a durable one after it makes it last", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await a.writer.submit(writeOf("a", { durability: "relaxed" }));
    await b.writer.submit(writeOf("a"));
    world.objects.powerLoss();
    const c = await world.begin("c");
    const head = await c.main.head();
    expect(head.address.slot).toBe(2);
    const object = Buffer.from(world.objects.look(slotKey(MAIN_LOG_ID, 1)) ?? []).toString("latin1");
    expect(object).toContain('"durability":"relaxed"');
  });

  test("a batch is as durable as its most durable member", async () => {
    const a = await world.begin("a");
    await Promise.all([
      a.writer.submit(writeOf("a", { durability: "relaxed" })),
      a.writer.submit(writeOf("a")),
    ]);
    expect(Buffer.from(world.objects.look(slotKey(MAIN_LOG_ID, 1)) ?? []).toString("latin1")).toContain(
      '"durability":"durable"',
    );
  });
});

describe("what others put but did not sync", () => {
  const beginUnsynced = (answer: PutOutcome): Promise<LogProcess> =>
    world.begin("a", unsynced(world.objects.connect("a"), answer));

  /** A store whose puts are seen by all, and never synced. */
  function unsynced(store: ObjectStore, answer: PutOutcome): ObjectStore {
    const putIfAbsent: ObjectStore["putIfAbsent"] = async (key, bytes) => {
      const outcome = await store.putIfAbsent(key, bytes, "relaxed");
      return outcome === "stored" ? answer : outcome;
    };
    return overridden(store, { putIfAbsent });
  }

  test.each([1, 2, 3, 4, 5, 6])(
    "what others put lasts before it answers for a repeated op (world %i)",
    async (seed) => {
      world = await LogWorld.make(seed);
      const a = await beginUnsynced("stored");
      const asked = writeOf("a", { content: "ff" });
      await a.writer.submit(asked);
      world.objects.crash("a");
      const b = await world.begin("b");
      expect((await b.writer.submit(asked)).repeated).toBe(true);
      world.objects.powerLoss();
      expect(world.commits()).toBe(2);
    },
  );

  test.each([1, 2, 3, 4, 5, 6])(
    "what others put lasts before its own writer is answered (world %i)",
    async (seed) => {
      world = await LogWorld.make(seed);
      const a = await beginUnsynced("unknown");
      expect((await a.writer.submit(writeOf("a"))).commit?.address.slot).toBe(1);
      world.objects.powerLoss();
      expect(world.commits()).toBe(2);
    },
  );
});

test("a commit that is there, behind which another cannot be read, is not said to be refused", async () => {
  const store = world.objects.connect("a");
  const behind = slotKey(MAIN_LOG_ID, 2);
  let isThere = false;
  const a = await world.begin(
    "a",
    overridden(store, {
      ordered: true,
      exists: async (key) => (key === behind ? true : store.exists(key)),
      get: async (key, signal) => {
        if (key === behind && isThere) throw new OmnigraphError("store_transient", "no answer");
        return store.get(key, signal);
      },
      putIfAbsent: async (key, bytes, durability) => {
        isThere = true;
        return store.putIfAbsent(key, bytes, durability);
      },
    }),
  );
  await expect(a.writer.submit(writeOf("a"))).rejects.toMatchObject({ reason: "outcome_unknown" });
  expect(world.commits()).toBe(2);
});
