import { describe, expect, it } from "vitest";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedProcess, SimulatedTime } from "./time.ts";

function begin(): { time: SimulatedTime; process: SimulatedProcess } {
  const time = new SimulatedTime();
  return { time, process: new SimulatedProcess("p", time, new SeededRandom(1)) };
}

describe("SimulatedTime", () => {
  it("simulated time runs tasks in order of their time, then of their scheduling, and hours pass at once", async () => {
    const { time, process } = begin();
    const random = new SeededRandom(3);
    const due: number[] = [];
    for (let i = 0; i < 500; i++) {
      const ms = random.integer(100);
      time.after(ms, () => due.push(ms * 1000 + i));
    }
    await process.clock.sleep(3_600_000);
    expect(due).toHaveLength(500);
    expect(due).toEqual(due.toSorted((left, right) => left - right));
    expect(time.nowMs).toBe(3_600_000);
  });

  it("simulated time follows all promises that a task settles before the next task", async () => {
    const { time, process } = begin();
    const seen: string[] = [];
    const walk = async (name: string): Promise<void> => {
      await process.clock.sleep(1);
      for (let i = 0; i < 20; i++) await Promise.resolve();
      seen.push(name, String(time.nowMs));
    };
    await Promise.all([walk("a"), walk("b"), process.clock.sleep(2).then(() => seen.push("later"))]);
    expect(seen).toEqual(["a", "1", "b", "1", "later"]);
  });
});

describe("SimulatedProcess", () => {
  it("a process stands still, and then gets what was meant for it in order", async () => {
    const { time, process } = begin();
    process.pause(10_000);
    const woken: number[] = [];
    await Promise.all([5, 7, 20_000].map((ms) => process.clock.sleep(ms).then(() => woken.push(time.nowMs))));
    expect(woken).toEqual([10_000, 10_000, 20_000]);
  });

  it("a process never goes on once it has ended", async () => {
    const { time, process } = begin();
    const other = new SimulatedProcess("other", time, new SeededRandom(2));
    let went = false;
    void process.clock.sleep(10).then(() => (went = true));
    process.end();
    await other.clock.sleep(100);
    expect(went).toBe(false);
    expect(process.ended).toBe(true);
  });

  it("a process moves its wall clock without moving time, and wakes by a signal", async () => {
    const { process } = begin();
    const before = process.clock.nowMicros();
    process.moveClock(-60_000);
    expect(process.clock.nowMicros()).toBe(before - 60_000_000);
    expect(process.clock.monotonicMs()).toBe(0);
    const reason = new Error("woken");
    const controller = new AbortController();
    const sleeping = process.clock.sleep(1_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});
