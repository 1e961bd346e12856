import { expect, test } from "vitest";
import { BUGS } from "./planted.ts";
import { type Outcome, simulate, type Totals } from "./run.ts";
import { TRAITS } from "./traits.ts";
import seeds from "./seeds.json" with { type: "json" };

const SEEDS = 500;

async function outcomes(seeds: readonly number[]): Promise<readonly Outcome[]> {
  const found: Outcome[] = [];
  for (const seed of seeds) found.push(await simulate(seed));
  return found;
}

test(
  `${SEEDS} seeds give a serial order that explains what everyone was told`,
  { timeout: 180_000 },
  async () => {
    const all = [...(await outcomes(Array.from({ length: SEEDS }, (_, i) => i + 1)))];
    // What once went wrong is tried on every kind of store.
    for (const traits of TRAITS)
      for (const seed of seeds.writes) all.push(await simulate(seed, null, traits));
    expect(all.filter(({ violation }) => violation !== null)).toEqual([]);
    const total = (name: keyof Totals): number => all.reduce((sum, { totals }) => sum + totals[name], 0);
    // The runs must have gone through something: these are far below what they do.
    expect(total("acknowledged")).toBeGreaterThan(SEEDS * 5);
    expect(total("crashes")).toBeGreaterThan(SEEDS);
    expect(total("powerLosses")).toBeGreaterThan(SEEDS / 4);
  },
);

test("a seed gives the same run every time", async () => {
  const some = [3, 14, 15];
  expect(await outcomes(some)).toEqual(await outcomes(some));
});

test.each(BUGS)("the planted bug %s is caught within 100 seeds", async (bug) => {
  for (let seed = 1; seed <= 100; seed++) {
    if ((await simulate(seed, bug)).violation !== null) return;
  }
  expect.fail(`${bug} was not noticed`);
});
