import { describe, expect, test } from "vitest";
import { type Memory, MemoryPool, Pins, Slot } from "./memory-pool.ts";

function slots(budget: Memory, count: number): Slot<Uint8Array>[] {
  return Array.from({ length: count }, () => new Slot<Uint8Array>(budget, (bytes) => bytes.byteLength));
}

function resident(all: readonly Slot<Uint8Array>[]): readonly boolean[] {
  return all.map((slot) => slot.isResident);
}

describe("memory budget", () => {
  test("the least recently used structure is dropped when a new one does not fit", () => {
    const budget = new MemoryPool(300);
    const all = slots(budget, 4);
    for (const slot of all.slice(0, 3)) slot.set(new Uint8Array(100));
    expect(budget.used).toBe(300);
    expect(all[0]?.value?.length).toBe(100);
    all[3]?.set(new Uint8Array(150));
    expect(resident(all)).toEqual([true, false, false, true]);
    expect(budget.used).toBe(250);
  });

  test("pinned structures stay, even beyond the limit, and when they were pinned before they were loaded", () => {
    const budget = new MemoryPool(100);
    const all = slots(budget, 3);
    const pins = new Pins();
    for (const slot of all.slice(0, 2)) pins.add(slot);
    for (const slot of all) slot.set(new Uint8Array(80));
    expect(resident(all)).toEqual([true, true, true]);
    budget.dropAll();
    expect(resident(all)).toEqual([true, true, false]);
    pins.release();
    budget.dropAll();
    expect(resident(all)).toEqual([false, false, false]);
    expect(budget.used).toBe(0);
  });

  test("a structure derived during a query drops nothing that the query reads", async () => {
    const budget = new MemoryPool(100);
    const [read, derived] = slots(budget, 2);
    read?.set(new Uint8Array(90));
    derived?.setInRun(new Uint8Array(90));
    expect(resident([read, derived].flatMap((slot) => slot ?? []))).toEqual([true, true]);
    expect(budget.used).toBe(180);
    await Promise.resolve();
    expect(resident([read, derived].flatMap((slot) => slot ?? []))).toEqual([false, true]);
    expect(budget.used).toBe(90);
  });

  test("shares use the whole pool together, and each drops its own structures alone", () => {
    const budget = new MemoryPool(300);
    const [left, right] = [budget.share(), budget.share()];
    const [ofLeft, ofRight] = [slots(left, 2), slots(right, 2)];
    for (const slot of [...ofLeft, ...ofRight]) slot.set(new Uint8Array(100));
    expect([resident(ofLeft), resident(ofRight)]).toEqual([
      [false, true],
      [true, true],
    ]);
    expect([left.used, right.used, budget.used]).toEqual([100, 200, 300]);
    left.dropAll();
    expect([left.used, right.used, budget.used]).toEqual([0, 200, 200]);
    budget.resize(100);
    expect([resident(ofRight), budget.used]).toEqual([[false, true], 100]);
  });

  test("a structure is dropped together with the one whose memory it holds", () => {
    const budget = new MemoryPool(1000);
    const [ids, keys] = slots(budget, 2);
    if (ids === undefined || keys === undefined) throw new TypeError("two slots");
    ids.dropsWith(keys);
    ids.set(new Uint8Array(10));
    keys.set(new Uint8Array(10));
    keys.drop();
    expect(ids.isResident).toBe(true);
    keys.set(new Uint8Array(10));
    ids.drop();
    expect([ids.isResident, keys.isResident, budget.used]).toEqual([false, false, 0]);
  });

  test("concurrent callers share one load, and a failed load is tried again", async () => {
    const [slot] = slots(new MemoryPool(1000), 1);
    if (slot === undefined) throw new TypeError("one slot");
    let made = 0;
    const make = async (): Promise<Uint8Array> => {
      if (++made === 1) throw new Error("the store is away");
      return new Uint8Array(made);
    };
    const outcomes = await Promise.allSettled([slot.load(make), slot.load(make)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(made).toBe(1);
    expect(await Promise.all([slot.load(make), slot.load(make)])).toEqual([
      new Uint8Array(2),
      new Uint8Array(2),
    ]);
    expect(made).toBe(2);
  });

  test("reading a structure that is not resident breaks an invariant, which names it", () => {
    const [slot] = slots(new MemoryPool(1000), 1);
    expect(() => slot?.require("the ids of Person")).toThrow(/the ids of Person is read before it is loaded/);
  });
});
