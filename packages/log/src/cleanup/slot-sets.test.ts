import fc from "fast-check";
import { expect, test } from "vitest";
import { MAIN_LOG_ID } from "../address.ts";
import { SlotSets } from "./slot-sets.ts";

const MOST = 40;
const run = fc
  .tuple(fc.nat(MOST), fc.nat(8))
  .map(([from, length]): readonly [number, number] => [from, Math.min(MOST, from + length)]);
const slotsOf = (runs: readonly (readonly [number, number])[]): ReadonlySet<number> =>
  new Set(runs.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)));

test("the slots that are missing, and those of runs that are, are what sets of numbers say", () => {
  fc.assert(
    fc.property(fc.array(run), fc.array(run), fc.nat(MOST), (added, asked, upTo) => {
      const sets = new SlotSets();
      sets.addRuns(MAIN_LOG_ID, added);
      const there = slotsOf(added);
      const missing = sets.missing(MAIN_LOG_ID, upTo);
      const naive = [...slotsOf([[0, upTo]])].filter((slot) => !there.has(slot));
      expect([...slotsOf(missing)]).toEqual(naive);
      for (const [i, [from]] of missing.entries())
        expect(from).toBeGreaterThan((missing[i - 1]?.[1] ?? -2) + 1);
      const apart = new SlotSets();
      apart.addRuns(MAIN_LOG_ID, asked);
      const wanted = new SlotSets();
      wanted.addRuns(MAIN_LOG_ID, apart.missing(MAIN_LOG_ID, MOST));
      const runs = wanted.missing(MAIN_LOG_ID, MOST);
      expect([...slotsOf(sets.without(MAIN_LOG_ID, runs))]).toEqual(
        [...slotsOf(runs)].filter((slot) => !there.has(slot)),
      );
    }),
  );
});
