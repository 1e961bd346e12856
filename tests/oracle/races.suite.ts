import fc from "fast-check";
import { STRATEGIES } from "../support/models/history-calls.ts";
import { expect, it } from "vitest";
import { checkCases, patience } from "../support/running/cases.ts";
import { type Former, type Race, type Racer, runRace, runStorm, type Storm, type Tally } from "./race-run.ts";
import { historyWrite } from "./random-history.ts";

const strategy = fc.constantFrom(null, ...STRATEGIES);

const racer: fc.Arbitrary<Racer> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("edit" as const), write: historyWrite }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("merge" as const), strategy }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("revert" as const), back: fc.nat({ max: 5 }), strategy }),
  },
);

const former: fc.Arbitrary<Former> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      onMain: fc.boolean(),
      write: historyWrite,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("merge" as const), intoMain: fc.boolean() }) },
);

const race: fc.Arbitrary<Race> = fc.record({
  before: fc.array(former, { minLength: 2, maxLength: 8, size: "max" }),
  loser: racer,
  winner: racer,
  isStaged: fc.integer({ min: 0, max: 4 }).map((n) => n === 4),
});

const storm: fc.Arbitrary<Storm> = fc.record({
  before: fc.array(former, { minLength: 2, maxLength: 6, size: "max" }),
  racers: fc.array(racer, { minLength: 3, maxLength: 8, size: "max" }),
  isStaged: fc.integer({ min: 0, max: 4 }).map((n) => n === 4),
});

/** Random races for the next commit of a branch, and as many storms. */
export function racesSuite(races: number): void {
  it(
    `${races} races of edits, merges and reverts end as if the winner had come first`,
    async () => {
      const tally: Tally = new Map();
      const kinds = ["edit", "merge", "revert"];
      const pairs = kinds.flatMap((loser) => kinds.map((winner) => `${loser} after ${winner}`));
      const run = (count: number): Promise<void> =>
        checkCases("races", race, count, (drawn) => runRace(drawn, tally));
      await run(races);
      // A few races may have left out the rarest pair.
      const least = Math.max(1, races / 400);
      const isRare = (what: string): boolean => (tally.get(what) ?? 0) < least;
      for (let more = 0; more < 20 && pairs.some(isRare); more++) await run(races / 5);
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      expect(pairs.filter(isRare)).toEqual([]);
    },
    patience(races),
  );

  it(
    `${races} storms of edits, merges and reverts, by two handles at once, end as if they had come in the order of their commits`,
    async () => {
      const tally: Tally = new Map();
      await checkCases("storms", storm, races, (drawn) => runStorm(drawn, tally));
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      expect(tally.get("3 commits") ?? 0).toBeGreaterThanOrEqual(races / 40);
    },
    patience(races),
  );
}
