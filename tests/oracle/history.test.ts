import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphCalls } from "../support/graph-calls.ts";
import { replay } from "./history-run.ts";
import { type History, history, HISTORY_SCHEMA } from "./random-history.ts";

const REPROS = new URL("repros/", import.meta.url);
/** The whole number in CI; a part is enough to work with. */
const HISTORIES = Number(
  process.env["OMNIGRAPH_HISTORIES"] ?? (process.env["CI"] === undefined ? 250 : 1000),
);

/** Milliseconds that a loaded machine may take. */
const PATIENCE = 60_000 + HISTORIES * 500;

/** A graph whose writes are staged as tables in every tenth history, besides those that reopen it so. */
function onGraph(run: History): Promise<void> {
  const isStaged = run.probe % 10 === 0;
  return replay(run, () => GraphCalls.init(HISTORY_SCHEMA, { isStarved: false, isStaged }));
}

describe("branching histories against the naive model", () => {
  it(
    `${HISTORIES} random histories give the same graphs, commits and conflicts`,
    async () => {
      const run = await fc.check(fc.asyncProperty(history, onGraph), {
        numRuns: HISTORIES,
        // Shrinking replays a lot: a failure is told before the time of the test is over.
        interruptAfterTimeLimit: PATIENCE - 30_000,
        markInterruptAsFailure: false,
      });
      if (run.counterexample !== null) {
        mkdirSync(REPROS, { recursive: true });
        writeFileSync(
          new URL(`histories-${run.seed}.json`, REPROS),
          `${JSON.stringify(run.counterexample[0], null, 2)}\n`,
        );
      }
      if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
      expect(run.numRuns).toBeGreaterThanOrEqual(HISTORIES);
    },
    PATIENCE,
  );

  const kept = readdirSync(REPROS).filter((file) => file.startsWith("histories-"));
  it.each(kept)("replays %s", async (file) => {
    await onGraph(JSON.parse(readFileSync(new URL(file, REPROS), "utf8")));
  });
});
