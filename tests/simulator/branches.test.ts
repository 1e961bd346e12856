import { expect, test } from "vitest";
import { type BranchOutcome, simulateBranches } from "./branch-run.ts";

const SEEDS = 120;

test(
  `${SEEDS} seeds of forks, deletions and recreations explain what everyone was told`,
  { timeout: 240_000 },
  async () => {
    const all: BranchOutcome[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) all.push(await simulateBranches(seed));
    expect(all.filter(({ violation }) => violation !== null)).toEqual([]);
    const total = (kind: string): number => all.reduce((sum, { done }) => sum + (done[kind] ?? 0), 0);
    // The runs must have gone through something: these are far below what they do.
    for (const kind of ["create", "load", "delete"]) expect(total(kind), kind).toBeGreaterThan(SEEDS / 2);
    expect(total("write")).toBeGreaterThan(SEEDS * 5);
    expect(all.reduce((sum, { powerLosses }) => sum + powerLosses, 0)).toBeGreaterThan(SEEDS / 4);
  },
);

test("a seed gives the same run every time", async () => {
  expect(await simulateBranches(7)).toEqual(await simulateBranches(7));
});

test.each(["lost_is_failure", "acknowledge_before_sync", "never_settle"] as const)(
  "the planted bug %s is caught within 100 seeds",
  async (bug) => {
    for (let seed = 1; seed <= 100; seed++) {
      if ((await simulateBranches(seed, bug)).violation !== null) return;
    }
    expect.fail(`${bug} was not noticed`);
  },
);
