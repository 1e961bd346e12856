import { describe, expect, it } from "vitest";
import { SeededRandom } from "./seeded-random.ts";

describe("SeededRandom", () => {
  it("randomness repeats itself for a seed, and differs between seeds", () => {
    const draw = (seed: number): string => {
      const random = new SeededRandom(seed);
      return JSON.stringify([...random.bytes(16), random.next(), random.integer(1000)]);
    };
    expect(draw(7)).toBe(draw(7));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => draw(seed))).size).toBe(200);
  });

  it("randomness is uniform enough: each tenth and each byte value comes up, its mean is a half", () => {
    const random = new SeededRandom(1);
    const tenths = new Uint32Array(10);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const drawn = random.next();
      sum += drawn;
      tenths[Math.floor(drawn * 10)]! += 1;
    }
    expect(sum / 20_000).toBeCloseTo(0.5, 1);
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    expect(new Set(random.bytes(10_000)).size).toBe(256);
  });
});
