import fc from "fast-check";
import { STRATEGIES } from "../support/history-calls.ts";
import { describe, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/cases.ts";
import { type Former, type Race, type Racer, runRace, runStorm, type Storm, type Tally } from "./race-run.ts";
import { historyWrite } from "./random-history.ts";

const RACES = cases(1500, 400);

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

describe("races for the next commit of a branch", () => {
  it(
    `${RACES} of edits, merges and reverts end as if the winner had come first`,
    async () => {
      const tally: Tally = new Map();
      await checkCases("races", race, RACES, (drawn) => runRace(drawn, tally));
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      const kinds = ["edit", "merge", "revert"];
      for (const what of kinds.flatMap((loser) => kinds.map((winner) => `${loser} after ${winner}`)))
        expect(tally.get(what) ?? 0, what).toBeGreaterThanOrEqual(RACES / 400);
    },
    patience(RACES),
  );

  it(
    `${RACES} storms of them, by two handles at once, end as if they had come in the order of their commits`,
    async () => {
      const tally: Tally = new Map();
      await checkCases("storms", storm, RACES, (drawn) => runStorm(drawn, tally));
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      expect(tally.get("3 commits") ?? 0).toBeGreaterThanOrEqual(RACES / 40);
    },
    patience(RACES),
  );

  it.each(repros("races"))("replays %s", (file) => runRace(repro(file)));
  it.each(repros("storms"))("replays %s", (file) => runStorm(repro(file)));
});
