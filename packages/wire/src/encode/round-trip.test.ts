import { parseJson, writeJson } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExplainAnswer, PlannedStep } from "../answers/explain.ts";
import { SHAPES } from "../schemas/shapes.ts";
import { branchListJson } from "./branches.ts";
import { baselineJson, commitChangesJson, diffChangeJson, feedJson, historyJson } from "./changes.ts";
import { commitJson, commitListJson } from "./commits.ts";
import { explainJson } from "./explain.ts";
import { mergeJson, previewJson, revertJson } from "./merges.ts";
import { schemaApplyJson, schemaDiffJson, schemaPlanJson } from "./migrations.ts";
import { legacyReadJson, queryJson, rowsHeadJson, snapshotJson } from "./reads.ts";
import {
  batchLoadJson,
  httpCommitJson,
  httpCommitListJson,
  httpMergeJson,
  httpMutationJson,
  ingestJson,
} from "./http.ts";
import { loadJson, mutationJson } from "./writes.ts";
import {
  beyond,
  block,
  branch,
  cause,
  change,
  commit,
  commitPage,
  conflicts,
  count,
  counts,
  kind,
  load,
  maybe,
  merge,
  mutation,
  outcome,
  query,
  snapshot,
  step,
  text,
  texts,
  unused,
} from "../../../../tests/support/generators/arbitrary-answers.ts";

interface Shape {
  parse(value: unknown): unknown;
}

/** What is written of answers, and its shape. */
interface Case {
  readonly shape: Shape;
  readonly written: fc.Arbitrary<unknown>;
}

function as<T>(shape: Shape, answer: fc.Arbitrary<T>, encode: (answer: T) => unknown): Case {
  return { shape, written: answer.map(encode) };
}

const number = fc.double({ min: 0, noNaN: true });
const rows = { rows: number, matches: number };
const planned = (within: fc.Arbitrary<readonly PlannedStep[]>): fc.Arbitrary<PlannedStep> =>
  fc.record({
    operator: fc.constantFrom("scan", "look_up", "count", "group"),
    text,
    conditions: texts,
    estimate: fc.option(fc.record(rows)),
    actual: fc.option(fc.record({ ...rows, milliseconds: number })),
    steps: within,
  });
const plannedWithin = fc.array(planned(fc.constant([])), { maxLength: 2 });
const explained: fc.Arbitrary<ExplainAnswer> = fc.record({
  queryName: text,
  kind: fc.constantFrom("read", "mutation"),
  branch: text,
  snapshot: maybe,
  commit: text,
  steps: fc.array(planned(plannedWithin), { maxLength: 2 }),
  inputs: fc.array(
    fc.record({
      kind,
      typeName: text,
      part: fc.constantFrom("column", "keys", "out"),
      property: maybe,
      source: fc.constantFrom("store", "index"),
      place: fc.option(fc.constantFrom("memory", "pages")),
      memoryBytes: count,
    }),
    { maxLength: 2 },
  ),
  totals: fc.option(
    fc.record({
      rows: count,
      milliseconds: number,
      loadMilliseconds: number,
      memoryBytes: count,
      diskBytes: count,
    }),
  ),
  touches: fc.option(counts),
  warnings: texts,
});

const CASES: Readonly<Record<string, Case>> = {
  "a commit": as(SHAPES.commit, commit, commitJson),
  "a page of commits": as(SHAPES.commitList, commitPage, commitListJson),
  "a read": as(SHAPES.query, query, queryJson),
  "a read of old": as(SHAPES.legacyRead, query, legacyReadJson),
  "a plan": as(SHAPES.explain, explained, explainJson),
  "the head of rows": as(SHAPES.rowsHead, query, rowsHeadJson),
  "a mutation": as(SHAPES.mutation, mutation, mutationJson),
  "a mutation over HTTP": as(SHAPES.httpMutation, mutation, httpMutationJson),
  "a plan of a migration": as(
    SHAPES.schemaPlan,
    fc.record({ branch: text, supported: fc.boolean(), steps: fc.array(step, { maxLength: 3 }) }),
    (one) => schemaPlanJson(one, "a.omni"),
  ),
  "an applied schema": as(
    SHAPES.schemaApply,
    fc.record({
      branch: text,
      applied: fc.boolean(),
      steps: fc.array(step, { maxLength: 3 }),
      actor: maybe,
      commit: fc.option(commit),
    }),
    (one) => schemaApplyJson(one, "a.omni"),
  ),
  "differences of schemas": as(
    SHAPES.schemaDiff,
    fc.record({
      from: text,
      to: text,
      steps: fc.array(step, { maxLength: 3 }),
      declarations: fc.array(fc.record({ before: maybe, after: maybe }), { maxLength: 2 }),
    }),
    (one) => schemaDiffJson(one, "a.omni"),
  ),
  "a load": as(SHAPES.load, load, (one) => loadJson(one, "a.omni")),
  "a load over HTTP": as(SHAPES.ingest, load, (one) => ingestJson(one, "a.omni", "main")),
  "a commit over HTTP": as(SHAPES.httpCommit, commit, httpCommitJson),
  "a page of commits over HTTP": as(SHAPES.httpCommitList, commitPage, httpCommitListJson),
  "a load of a body": as(SHAPES.batchLoad, load, (one) => batchLoadJson(one, null)),
  "a snapshot": as(SHAPES.snapshot, snapshot, (one) => snapshotJson(one, 1)),
  branches: as(SHAPES.branchList, fc.array(branch, { maxLength: 3 }), branchListJson),
  "changes of a commit": as(
    SHAPES.commitChanges,
    fc.tuple(block, maybe).map(([one, nextPageToken]) => ({ ...one, nextPageToken })),
    commitChangesJson,
  ),
  "a page of the feed": as(
    SHAPES.feed,
    fc.record({
      blocks: fc.array(block, { maxLength: 2 }),
      cursor: maybe,
      caughtUp: fc.option(fc.boolean()),
      nextPageToken: maybe,
    }),
    feedJson,
  ),
  "a baseline": as(SHAPES.baseline, fc.record({ commit: text, cursor: text }), baselineJson),
  "a history": as(
    SHAPES.history,
    fc.array(fc.record({ cause, message: maybe, change }), { maxLength: 2 }),
    historyJson,
  ),
  "a diff": as(SHAPES.diff, fc.array(change, { maxLength: 2 }), (changes) => ({
    from: "a",
    to: "b",
    stat: [],
    changes: changes.map(diffChangeJson),
  })),
  "a merge": as(SHAPES.merge, merge, mergeJson),
  "a merge over HTTP": as(SHAPES.httpMerge, merge, httpMergeJson),
  "a preview": as(
    SHAPES.mergePreview,
    fc.record({
      source: text,
      target: text,
      outcome,
      would: fc.constantFrom("nothing", "fast_forward", "merge", "conflict"),
      schemaSteps: fc.array(step, { maxLength: 2 }),
      bases: texts,
      changes: counts,
      resolved: conflicts,
      conflicts,
      unused: fc.array(unused, { maxLength: 2 }),
    }),
    previewJson,
  ),
  "a revert": as(
    SHAPES.revert,
    fc.record({ branch: text, reverted: text, actor: maybe, commit: fc.option(commit), resolved: conflicts }),
    revertJson,
  ),
};

describe("an answer as JSON", () => {
  it.each(Object.entries(CASES))(
    "an answer as JSON is of its shape, and reads as it was written: %s",
    (_, { shape, written }) => {
      fc.assert(
        fc.property(written, (answer) => {
          const json = writeJson(answer);
          expect(writeJson(shape.parse(parseJson(json)))).toBe(json);
        }),
        { numRuns: 100 },
      );
    },
  );

  it("a sum beyond 2^53 is a decimal number in JSON where a double holds it, else it has its digits", () => {
    fc.assert(
      fc.property(query, beyond, (answer, sum) => {
        const rows = [{ sum }];
        const text = writeJson(queryJson({ ...answer, rows, sums: ["sum"] }));
        const [read] = SHAPES.query.parse(parseJson(text)).rows;
        expect(typeof read?.["sum"]).toBe(BigInt(Number(sum)) === sum ? "number" : "bigint");
        expect(BigInt(read?.["sum"] as number | bigint)).toBe(sum);
      }),
    );
  });
});
