import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runDecisions, type Tally } from "./decisions-run.ts";
import { decisionCase } from "./random-decisions.ts";

const REPROS = new URL("repros/", import.meta.url);
const CASES = Number(process.env["OMNIGRAPH_DECISIONS"] ?? 300);

/** Milliseconds that a loaded machine may take. */
const PATIENCE = 60_000 + CASES * 500;

describe("merges with random decisions", () => {
  it(
    `${CASES} cases give valid graphs in which what was decided holds, and nothing else has changed`,
    async () => {
      const tally: Tally = new Map();
      const run = await fc.check(
        fc.asyncProperty(decisionCase, (given) => runDecisions(given, tally)),
        {
          numRuns: CASES,
          interruptAfterTimeLimit: PATIENCE - 30_000,
          markInterruptAsFailure: false,
        },
      );
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      if (run.counterexample !== null) {
        mkdirSync(REPROS, { recursive: true });
        writeFileSync(
          new URL(`decisions-${run.seed}.json`, REPROS),
          `${JSON.stringify(run.counterexample[0], null, 2)}\n`,
        );
      }
      if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
      expect(run.numRuns).toBeGreaterThanOrEqual(CASES);
      // Every case that failed to say anything would pass.
      for (const what of ["merged, one base", "merged, several bases", "take", "properties", "value refused"])
        expect(tally.get(what) ?? 0, what).toBeGreaterThanOrEqual(Math.floor(CASES / 100));
    },
    PATIENCE,
  );

  const kept = readdirSync(REPROS).filter((file) => file.startsWith("decisions-"));
  it.each(kept)("replays %s", async (file) => {
    await runDecisions(JSON.parse(readFileSync(new URL(file, REPROS), "utf8")));
  });
});
