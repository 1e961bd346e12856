import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";
import { checkCase, type QueryCase } from "./query-case.ts";
import { arbitrarySearch, arbitrarySearchedEntities, SEARCHED_SCHEMA } from "./random-searches.ts";
import { checkHistory, type SearchHistory } from "./search-history.ts";

const CASES = cases(50);
const HISTORIES = cases(30);
const PER_GRAPH = 6;

const drawnCase: fc.Arbitrary<QueryCase> = fc.record({
  schema: fc.constant(SEARCHED_SCHEMA),
  entities: arbitrarySearchedEntities(),
  before: arbitrarySearchedEntities(),
  queries: fc.array(arbitrarySearch(), { minLength: PER_GRAPH, maxLength: PER_GRAPH }),
});

const drawnHistory: fc.Arbitrary<SearchHistory> = fc.record({
  commits: fc.array(arbitrarySearchedEntities(), { minLength: 2, maxLength: 6 }),
  queries: fc.array(arbitrarySearch(), { minLength: 3, maxLength: 3 }),
  overlayRows: fc.constantFrom(0, 8, 4096),
  segments: fc.constantFrom(1, 2, 8),
  memory: fc.constantFrom(1, 2 ** 30),
});

describe("searches against the naive scorer", () => {
  it(
    `${CASES * PER_GRAPH} random searches and rankings answer the same on every kind of view`,
    { timeout: patience(CASES * PER_GRAPH) },
    () => checkCases("search", drawnCase, CASES, checkCase),
  );

  it(
    `${HISTORIES} histories are searched commit by commit: rows are updated, deleted and come back, and what was there before is still answered`,
    { timeout: patience(HISTORIES * PER_GRAPH) },
    () => checkCases("searched", drawnHistory, HISTORIES, checkHistory),
  );

  it(
    "answers that keep the texts of the commit before are found out",
    { timeout: patience(HISTORIES) },
    async () => {
      const stale = fc.asyncProperty(drawnHistory, (history) =>
        checkHistory(history, (commit) => Math.max(0, commit - 1)),
      );
      const { failed } = await fc.check(stale, { numRuns: HISTORIES, endOnFailure: true });
      expect(failed).toBe(true);
    },
  );

  it.each(repros("search-"))("the kept case %s replays without a failure", (file) =>
    checkCase(repro<QueryCase>(file)),
  );
  it.each(repros("searched-"))("the kept history %s replays without a failure", (file) =>
    checkHistory(repro<SearchHistory>(file)),
  );
});
