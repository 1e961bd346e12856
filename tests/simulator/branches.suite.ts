import { expect, test } from "vitest";
import { type BranchOutcome, type BranchTotals, simulateBranches } from "./branch-run.ts";
import { TRAITS } from "./traits.ts";

/** So many seeds from a first one on, and what once went wrong, tried on every kind of store. */
export function branchesSuite(first: number, count: number, kept: readonly number[]): void {
  test(
    `${count} seeds from ${first} on of forks, merges, deletions and recreations explain what everyone was told`,
    { timeout: 180_000 + count * 2_000 },
    async () => {
      const all: BranchOutcome[] = [];
      for (let seed = first; seed < first + count; seed++) all.push(await simulateBranches(seed));
      for (const traits of TRAITS)
        for (const seed of kept) all.push(await simulateBranches(seed, null, traits));
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
        expect(total(name), name).toBeGreaterThan(count / 2);
      for (const name of ["overtaken", "repeated", "spared", "powerLosses"] as const)
        expect(total(name), name).toBeGreaterThan(count / 6);
      expect(total("merges")).toBeGreaterThan(count * 3);
      expect(total("writes")).toBeGreaterThan(count * 5);
    },
  );
}
