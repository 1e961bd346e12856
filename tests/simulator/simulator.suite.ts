import { expect, test } from "vitest";
import { type Outcome, simulate, type Totals } from "./run.ts";
import { TRAITS } from "./traits.ts";

export async function outcomes(seeds: readonly number[]): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  for (const seed of seeds) found.push(await simulate(seed));
  return found;
}

/** So many seeds from a first one on, and what once went wrong, tried on every kind of store. */
export function simulatorSuite(first: number, count: number, kept: readonly number[]): void {
  test(
    `${count} seeds from ${first} on give a serial order that explains what everyone was told`,
    { timeout: 180_000 + count * 1_000 },
    async () => {
      const all = [...(await outcomes(Array.from({ length: count }, (_, i) => first + i)))];
      for (const traits of TRAITS) for (const seed of kept) all.push(await simulate(seed, null, traits));
      expect(all.filter(({ violation }) => violation !== null)).toEqual([]);
      const total = (name: keyof Totals): number => all.reduce((sum, { totals }) => sum + totals[name], 0);
      // The runs must have gone through something: these are far below what they do.
      expect(total("acknowledged")).toBeGreaterThan(count * 5);
      expect(total("crashes")).toBeGreaterThan(count);
      expect(total("powerLosses")).toBeGreaterThan(count / 4);
    },
  );
}
