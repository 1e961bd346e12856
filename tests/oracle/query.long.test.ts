import { parseJson, writeJson } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryRead } from "../support/generators/arbitrary-query.ts";
import { cases, keep, patience, repros, reproText } from "../support/running/cases.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { checkCase, type QueryCase } from "./query-case.ts";
import { arbitraryEntities, arbitrarySchema } from "./random-graph.ts";

const QUERIES = cases(2400);
const PER_GRAPH = 6;

const drawnCase: fc.Arbitrary<QueryCase> = arbitrarySchema().chain((schema) => {
  const catalog = catalogOf(schema);
  return fc.record({
    schema: fc.constant(schema),
    entities: arbitraryEntities(catalog),
    before: arbitraryEntities(catalog),
    queries: fc.array(arbitraryRead(catalog), { minLength: PER_GRAPH, maxLength: PER_GRAPH }),
  });
});

/** The case cut down to the first of its queries that fails alone. */
async function narrowed(failing: QueryCase): Promise<QueryCase> {
  for (const query of failing.queries) {
    const alone = { ...failing, queries: [query] };
    try {
      await checkCase(alone);
    } catch {
      return alone;
    }
  }
  return failing;
}

describe("reads against the naive reader", () => {
  it(
    `${QUERIES} random queries answer the same on every kind of view`,
    { timeout: patience(QUERIES) },
    async () => {
      const property = fc.asyncProperty(drawnCase, checkCase);
      const run = await fc.check(property, { numRuns: Math.ceil(QUERIES / PER_GRAPH) });
      if (run.counterexample !== null) {
        keep(`query-${run.seed}.json`, writeJson(await narrowed(run.counterexample[0]), 2));
      }
      if (run.failed) throw new Error(fc.defaultReportMessage(run), { cause: run.errorInstance });
    },
  );

  it.each(repros("query"))("the kept case %s replays without a failure", async (file) => {
    // Written by this suite.
    const drawn = parseJson(reproText(file)) as unknown as QueryCase;
    expect(drawn.queries.length).toBeGreaterThan(0);
    await checkCase(drawn);
  });
});
