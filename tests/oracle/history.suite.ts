import { it } from "vitest";
import { checkCases, patience } from "../support/running/cases.ts";
import { GraphCalls } from "../support/graphs/graph-calls.ts";
import { replay } from "./history-run.ts";
import { type History, history, HISTORY_SCHEMA } from "./random-history.ts";

/** A graph whose writes are staged as tables in every tenth history, besides those that reopen it so. */
export function onGraph(run: History): Promise<void> {
  const isStaged = run.probe % 10 === 0;
  return replay(run, () => GraphCalls.init(HISTORY_SCHEMA, { isStarved: false, isStaged }));
}

/** Random branching histories against the naive model. */
export function historySuite(histories: number): void {
  it(
    `${histories} random histories give the same graphs, commits and conflicts`,
    () => checkCases("histories", history, histories, onGraph),
    patience(histories),
  );
}
