import { isError } from "@omnigraph/base";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { SimulatedTime } from "../support/simulation/time.ts";
import {
  type CallPlan,
  calmNetwork,
  type NetworkWeather,
  seededNetwork,
} from "../support/simulation/network.ts";
import { SimulatedObjects } from "../support/simulation/objects.ts";
import { bytesOf, textOf } from "./bytes.ts";

const STORM: NetworkWeather = {
  lost: 0.1,
  late: 0.1,
  refused: 0.1,
  repeated: 0.1,
  delayMs: 30,
  lateMs: 3_600_000,
  timeoutMs: 1_000,
};

/** A world in which the next call has this fate, and all others are answered at once. */
function worldOf(...plans: readonly CallPlan[]): SimulatedObjects {
  const left = [...plans];
  return new SimulatedObjects(
    new SimulatedTime(),
    { plan: (call) => left.shift() ?? calmNetwork.plan(call) },
    1,
  );
}

describe("simulated objects", () => {
  it("the same seed gives the same run", async () => {
    const run = async (seed: number): Promise<string> => {
      const time = new SimulatedTime();
      const world = new SimulatedObjects(time, seededNetwork(new SeededRandom(seed), STORM), seed);
      const trace: string[] = [];
      const writer = async (id: string): Promise<void> => {
        const store = world.connect(id);
        const { clock, random } = world.process(id);
        for (let slot = 0; slot < 30; slot++) {
          const outcome = await store.putIfAbsent(`log/${slot}`, random.bytes(4));
          const seen = await store.get(`log/${slot}`).catch((cause: unknown) => {
            if (!isError(cause, "store_transient")) throw cause;
            return null;
          });
          trace.push(`${time.nowMs} ${id} ${outcome} ${String(seen)}`);
          await clock.sleep(random.next() * 50);
        }
      };
      await Promise.all(["a", "b", "c"].map(writer));
      return trace.join("\n");
    };
    expect(await run(5)).toBe(await run(5));
    expect(await run(5)).not.toBe(await run(6));
  });

  it("a call whose answer is lost is performed", async () => {
    const world = worldOf({ fate: "lost", delayMs: 5, timeoutMs: 100 });
    expect(await world.connect("a").putIfAbsent("k", bytesOf("x"))).toBe("unknown");
    expect(textOf(world.look("k"))).toBe("x");
    expect(world.process("a").clock.monotonicMs()).toBe(100);
  });

  it("a late call is performed long after its caller gave up", async () => {
    const world = worldOf({ fate: "late", timeoutMs: 100, lateMs: 5_000 });
    const store = world.connect("a");
    expect(await store.putIfAbsent("k", bytesOf("x"))).toBe("unknown");
    expect(await store.get("k")).toBeNull();
    await world.process("a").clock.sleep(5_000);
    expect(textOf(await store.get("k"))).toBe("x");
  });

  it("a refused call is never performed, and says so", async () => {
    const world = worldOf({ fate: "refused", delayMs: 1 }, { fate: "refused", delayMs: 1 });
    expect(await world.connect("a").putIfAbsent("k", bytesOf("x"))).toBe("unknown");
    await expect(world.connect("a").put("k", bytesOf("x"))).rejects.toMatchObject({
      reason: "store_transient",
    });
    expect(world.keys()).toEqual([]);
  });

  it("a store without room says so, and holds nothing, or what it could not sync", async () => {
    const full: CallPlan = { fate: "full", delayMs: 1, isHeld: false };
    const unsynced: CallPlan = { ...full, isHeld: true };
    const world = worldOf(full, full, full, unsynced, unsynced, unsynced);
    const store = world.connect("a");
    const isRefused = { reason: "store_full" };
    await expect(store.putIfAbsent("k", bytesOf("x"))).rejects.toMatchObject(isRefused);
    await expect(store.put("k", bytesOf("x"))).rejects.toMatchObject(isRefused);
    await expect(store.sync(["k"])).rejects.toMatchObject(isRefused);
    await expect(store.putIfAbsent("relaxed", bytesOf("x"), "relaxed")).rejects.toMatchObject(isRefused);
    expect(world.keys()).toEqual([]);
    expect(await store.putIfAbsent("k", bytesOf("x"))).toBe("unknown");
    expect(await store.putIfAbsent("k", bytesOf("y"))).toBe("exists");
    expect(textOf(world.look("k"))).toBe("x");
  });

  it("what could not be synced may be gone when power is lost", async () => {
    const fates = new Set<string | null>();
    for (let seed = 0; seed < 20; seed++) {
      const network = { plan: (): CallPlan => ({ fate: "full", delayMs: 1, isHeld: true }) };
      const world = new SimulatedObjects(new SimulatedTime(), network, seed);
      await world.connect("a").putIfAbsent("k", bytesOf("x"));
      world.powerLoss();
      fates.add(textOf(world.look("k")));
    }
    expect(fates).toEqual(new Set([null, "x"]));
  });

  it("a repeated put-if-absent is answered with its own object's presence", async () => {
    const world = worldOf({ fate: "answered", delayMs: 1, answerMs: 1, repeatMs: 3 });
    expect(await world.connect("a").putIfAbsent("k", bytesOf("mine"))).toBe("exists");
    expect(textOf(world.look("k"))).toBe("mine");
  });

  it("what a process had sent before it ended is performed, and never answered", async () => {
    const world = worldOf({ fate: "answered", delayMs: 50, answerMs: 1, repeatMs: null });
    let answered = false;
    void world
      .connect("a")
      .put("k", bytesOf("x"))
      .then(() => (answered = true));
    world.crash("a");
    await world.process("b").clock.sleep(100);
    expect(textOf(world.look("k"))).toBe("x");
    expect(answered).toBe(false);
  });

  it("power loss keeps what was acknowledged as durable, and may take all else", async () => {
    const fates = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed);
      const store = world.connect("a");
      await store.put("a/durable", bytesOf("old"));
      await store.put("a/durable", bytesOf("new"), "relaxed");
      await store.put("b/synced", bytesOf("s"), "relaxed");
      await world.connect("b").sync(["b/synced"]);
      await store.put("c/relaxed", bytesOf("relaxed"), "relaxed");
      void store.put("d/sent", bytesOf("x"));
      world.powerLoss();
      expect(textOf(world.look("b/synced"))).toBe("s");
      const replaced = textOf(world.look("a/durable"));
      expect(replaced).not.toBeNull();
      fates.add(`replaced ${replaced === "old" ? "old" : "not old"}`);
      fates.add(`relaxed ${world.look("c/relaxed")?.length ?? "gone"}`);
      expect(world.look("d/sent")).toBeNull();
      expect(await world.connect("a").exists("b/synced")).toBe(true);
    }
    expect(fates.has("replaced old") && fates.has("replaced not old")).toBe(true);
    expect(fates.has("relaxed gone") && fates.has("relaxed 7")).toBe(true);
    expect(fates.size).toBeGreaterThan(5);
  });

  it("an object whose writer ended before the sync is lost, unless someone syncs its folder", async () => {
    const lost = new Set<boolean>();
    for (let seed = 0; seed < 50; seed++) {
      const slow: CallPlan = { fate: "answered", delayMs: 1, answerMs: 10, repeatMs: null };
      const plans: CallPlan[] = [slow, slow];
      const world = new SimulatedObjects(
        new SimulatedTime(),
        { plan: (call) => plans.shift() ?? calmNetwork.plan(call) },
        seed,
      );
      void world.connect("a").putIfAbsent("log/0/1", bytesOf("one"));
      void world.connect("a").putIfAbsent("log/1/1", bytesOf("one"));
      await world.process("b").clock.sleep(5);
      world.crash("a");
      const store = world.connect("b");
      expect(await store.exists("log/0/1")).toBe(true);
      expect(await store.putIfAbsent("log/0/2", bytesOf("two"))).toBe("stored");
      world.powerLoss();
      expect(textOf(world.look("log/0/1"))).toBe("one");
      expect(textOf(world.look("log/0/2"))).toBe("two");
      lost.add(world.look("log/1/1") === null);
    }
    expect(lost).toEqual(new Set([false, true]));
  });

  it("a process may stand still while others go on", async () => {
    const world = worldOf();
    world.process("a").pause(3_600_000);
    const slow = world.connect("a").putIfAbsent("k", bytesOf("a"));
    await world.process("b").clock.sleep(1);
    expect(await world.connect("b").putIfAbsent("k", bytesOf("b"))).toBe("exists");
    expect(await slow).toBe("stored");
    expect(world.process("a").clock.monotonicMs()).toBe(3_600_000);
  });

  it("an object can be damaged, for good", async () => {
    const world = worldOf();
    await world.connect("a").put("k", bytesOf("x"));
    world.damage("k", bytesOf("y"));
    world.powerLoss();
    expect(textOf(await world.connect("b").get("k"))).toBe("y");
  });
});
