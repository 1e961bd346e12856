import { expect, test } from "vitest";
import { type Outcome, simulate } from "./engine/run.ts";
import type { Totals } from "./engine/totals.ts";

/** So many seeds from a first one on. */
export function engineSuite(first: number, count: number): void {
  test(
    `${count} seeds from ${first} on explain what everyone was told`,
    { timeout: 180_000 + count * 3_000 },
    async () => {
      const all: Outcome[] = [];
      for (let seed = first; seed < first + count; seed++) all.push(await simulate(seed));
      expect(all.filter(({ violation }) => violation !== null)).toEqual([]);
      const total = (name: keyof Totals): number => all.reduce((sum, { totals }) => sum + totals[name], 0);
      // The runs must have gone through something: these are far below what they do.
      for (const name of ["edits", "reads", "polls", "nothing", "refused", "commits"] as const)
        expect(total(name), name).toBeGreaterThan(count);
      for (const name of [
        "creates",
        "deletes",
        "merges",
        "upToDate",
        "previews",
        "diffs",
        "crashes",
        "closes",
        "powerLosses",
      ] as const)
        expect(total(name), name).toBeGreaterThan(count / 3);
      for (const name of [
        "forwards",
        "reverts",
        "folds",
        "conflicts",
        "stopped",
        "tooLate",
        "relaxed",
        "full",
      ] as const)
        expect(total(name), name).toBeGreaterThan(count / 6);
      for (const name of ["cleanups", "reclaimed", "migrations"] as const)
        expect(total(name), name).toBeGreaterThan(count / 20);
      // A few seeds need not meet them.
      if (count < 100) return;
      expect(total("gone"), "gone").toBeGreaterThan(count / 20);
      expect(total("unspilled"), "unspilled").toBeGreaterThan(0);
      expect(total("overtaken"), "overtaken").toBeGreaterThan(count / 15);
    },
  );
}
