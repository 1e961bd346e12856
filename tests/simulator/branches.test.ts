import { expect, test } from "vitest";
import { type BranchOutcome, type BranchTotals, simulateBranches } from "./branch-run.ts";
import { MERGE_BUGS } from "./planted.ts";
import { TRAITS } from "./traits.ts";
import seeds from "./seeds.json" with { type: "json" };

const SEEDS = 180;

test(
  `${SEEDS} seeds of forks, merges, deletions and recreations explain what everyone was told`,
  { timeout: 240_000 },
  async () => {
    const all: BranchOutcome[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) all.push(await simulateBranches(seed));
    // What once went wrong is tried on every kind of store.
    for (const traits of TRAITS)
      for (const seed of seeds.branches) all.push(await simulateBranches(seed, null, traits));
    expect(all.filter(({ violation }) => violation !== null)).toEqual([]);
    const total = (name: keyof BranchTotals): number =>
      all.reduce((sum, { totals }) => sum + totals[name], 0);
    // The runs must have gone through something: these are far below what they do.
    for (const name of [
      "creates",
      "loads",
      "deletes",
      "reverts",
      "forwards",
      "upToDate",
      "conflicts",
    ] as const)
      expect(total(name), name).toBeGreaterThan(SEEDS / 2);
    for (const name of ["overtaken", "repeated", "spared", "powerLosses"] as const)
      expect(total(name), name).toBeGreaterThan(SEEDS / 6);
    expect(total("merges")).toBeGreaterThan(SEEDS * 3);
    expect(total("writes")).toBeGreaterThan(SEEDS * 5);
  },
);

test("a seed gives the same run every time", async () => {
  expect(await simulateBranches(7)).toEqual(await simulateBranches(7));
});

test.each(["lost_is_failure", "acknowledge_before_sync", "never_sync", ...MERGE_BUGS] as const)(
  "the planted bug %s is caught within 100 seeds",
  { timeout: 60_000 },
  async (bug) => {
    for (let seed = 1; seed <= 100; seed++) {
      if ((await simulateBranches(seed, bug)).violation !== null) return;
    }
    expect.fail(`${bug} was not noticed`);
  },
);
