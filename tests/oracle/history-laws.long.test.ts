import fc from "fast-check";
import { describe, it } from "vitest";
import { cases, patience } from "../support/running/cases.ts";
import { GraphCalls } from "../support/graphs/graph-calls.ts";
import { forked, LAWS, prepared } from "./history-laws.ts";
import { countedIds, HistoryModel } from "./history-model.ts";
import { HISTORY_SCHEMA } from "./random-history.ts";

const OF_THE_MODEL = cases(200);
const OF_A_GRAPH = cases(30);

describe("laws of branching histories", () => {
  it.each(Object.entries(LAWS))(
    "the model keeps this law: %s",
    async (_name, law) => {
      await fc.assert(
        fc.asyncProperty(forked, async (sides) => {
          const model = new HistoryModel(countedIds());
          await law(model, sides, await prepared(model, sides));
        }),
        { numRuns: OF_THE_MODEL },
      );
    },
    patience(OF_THE_MODEL),
  );

  it.each(Object.entries(LAWS))(
    "a graph keeps this law: %s",
    async (_name, law) => {
      await fc.assert(
        fc.asyncProperty(forked, fc.nat({ max: 9 }), async (sides, kind) => {
          const graph = await GraphCalls.init(HISTORY_SCHEMA, {
            isStarved: kind === 1,
            isStaged: kind === 0,
          });
          await law(graph, sides, await prepared(graph, sides));
          await graph.close();
        }),
        { numRuns: OF_A_GRAPH },
      );
    },
    patience(OF_A_GRAPH),
  );
});
