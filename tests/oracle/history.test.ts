import { describe, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/cases.ts";
import { GraphCalls } from "../support/graph-calls.ts";
import { replay } from "./history-run.ts";
import { type History, history, HISTORY_SCHEMA } from "./random-history.ts";

const HISTORIES = cases(1000, 250);

/** A graph whose writes are staged as tables in every tenth history, besides those that reopen it so. */
function onGraph(run: History): Promise<void> {
  const isStaged = run.probe % 10 === 0;
  return replay(run, () => GraphCalls.init(HISTORY_SCHEMA, { isStarved: false, isStaged }));
}

describe("branching histories against the naive model", () => {
  it(
    `${HISTORIES} random histories give the same graphs, commits and conflicts`,
    () => checkCases("histories", history, HISTORIES, onGraph),
    patience(HISTORIES),
  );

  it.each(repros("histories"))("replays %s", (file) => onGraph(repro(file)));
});
