import { describe, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";
import { runDecisions, type Tally } from "./decisions-run.ts";
import { decisionCase } from "./random-decisions.ts";

const CASES = cases(300);

describe("merges with random decisions", () => {
  it(
    `${CASES} random merges with decisions give valid graphs in which what was decided holds, and nothing else has changed`,
    async () => {
      const tally: Tally = new Map();
      await checkCases("decisions", decisionCase, CASES, (given) => runDecisions(given, tally));
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      // Every case that failed to say anything would pass.
      for (const what of [
        "merged, one base",
        "merged, several bases",
        "take",
        "strategy",
        "properties",
        "value refused",
      ])
        expect(tally.get(what) ?? 0, what).toBeGreaterThanOrEqual(Math.floor(CASES / 100));
    },
    patience(CASES),
  );

  it.each(repros("decisions"))("the kept case %s replays without a failure", (file) =>
    runDecisions(repro(file)),
  );
});
