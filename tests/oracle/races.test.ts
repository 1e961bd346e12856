import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import type { MergeSide } from "omnigraph";
import { describe, expect, it } from "vitest";
import { type Former, type Race, type Racer, runRace, type Tally } from "./race-run.ts";
import { historyWrite } from "./random-history.ts";

const REPROS = new URL("repros/", import.meta.url);
/** The whole number in CI; a part is enough to work with. */
const RACES = Number(process.env["OMNIGRAPH_RACES"] ?? (process.env["CI"] === undefined ? 400 : 1500));

const strategy = fc.constantFrom<MergeSide | null>(null, "ours", "theirs");

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

describe("races for the next commit of a branch", () => {
  it(
    `${RACES} of edits, merges and reverts end as if the winner had come first`,
    async () => {
      const tally: Tally = new Map();
      const run = await fc.check(
        fc.asyncProperty(race, (drawn) => runRace(drawn, tally)),
        { numRuns: RACES },
      );
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      if (run.counterexample !== null) {
        mkdirSync(REPROS, { recursive: true });
        writeFileSync(
          new URL(`races-${run.seed}.json`, REPROS),
          `${JSON.stringify(run.counterexample[0], null, 2)}\n`,
        );
      }
      if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
      const kinds = ["edit", "merge", "revert"];
      for (const what of kinds.flatMap((loser) => kinds.map((winner) => `${loser} after ${winner}`)))
        expect(tally.get(what) ?? 0, what).toBeGreaterThanOrEqual(RACES / 400);
    },
    60_000 + RACES * 500,
  );

  const kept = readdirSync(REPROS).filter((file) => file.startsWith("races-"));
  it.each(kept)("replays %s", async (file) => {
    await runRace(JSON.parse(readFileSync(new URL(file, REPROS), "utf8")));
  });
});
