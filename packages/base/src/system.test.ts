import { describe, expect, it } from "vitest";
import { systemEnvironment } from "./system.ts";

const { clock, random } = systemEnvironment;

describe("systemEnvironment", () => {
  it("the clock gives whole microseconds that agree with the system's clock", () => {
    const before = Date.now();
    const micros = clock.nowMicros();
    const after = Date.now();
    expect(Number.isSafeInteger(micros)).toBe(true);
    expect(micros / 1000).toBeGreaterThan(before - 50);
    expect(micros / 1000).toBeLessThan(after + 50);
  });

  it("a sleep ends in time, and rejects with the reason of an aborted signal", async () => {
    const began = clock.monotonicMs();
    await clock.sleep(20);
    expect(clock.monotonicMs() - began).toBeGreaterThan(15);
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    const reason = new Error("woken");
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(clock.sleep(1, controller.signal)).rejects.toBe(reason);
  });

  it("random bytes and numbers do not repeat", () => {
    expect(random.bytes(16)).not.toEqual(random.bytes(16));
    const drawn = Array.from({ length: 100 }, () => random.next());
    expect(new Set(drawn).size).toBe(100);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
