import { parseJson, writeJson } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  block,
  branch,
  commit,
  commitPage,
  load,
  maybe,
  merge,
  mutation,
  query,
  snapshot,
  step,
  text,
} from "../../../../tests/support/generators/arbitrary-answers.ts";
import { commitJson, commitListJson } from "../encode/commits.ts";
import { mergeJson } from "../encode/merges.ts";
import { schemaApplyJson, schemaPlanJson } from "../encode/migrations.ts";
import {
  wholeBranchCreatedJson,
  wholeBranchListJson,
  wholeCommitChangesJson,
  wholeFeedJson,
  wholeQueryJson,
  wholeSnapshotJson,
} from "../encode/whole.ts";
import { loadJson, mutationJson } from "../encode/writes.ts";
import { SHAPES } from "../schemas/shapes.ts";
import { branchCreatedOf, branchListOf } from "./branches.ts";
import { commitChangesOf, feedOf } from "./changes.ts";
import { commitOf, commitPageOf } from "./commits.ts";
import { errorOf } from "./errors.ts";
import { Members } from "./members.ts";
import { mergeOf } from "./merges.ts";
import { schemaAppliedOf, schemaPlanOf } from "./migrations.ts";
import { queryOf, snapshotOf } from "./reads.ts";
import { queryCatalogOf } from "./stored.ts";
import { loadOf, mutationOf } from "./writes.ts";

interface Case {
  readonly shape: { parse(value: unknown): unknown };
  /** An answer, as it is written, and as it is read from that. */
  readonly trip: fc.Arbitrary<{
    readonly answer: unknown;
    readonly written: string;
    readonly read: (json: Members) => unknown;
  }>;
}

function as<T>(
  shape: Case["shape"],
  answer: fc.Arbitrary<T>,
  encode: (answer: T) => unknown,
  read: (json: Members) => unknown,
): Case {
  return { shape, trip: answer.map((one) => ({ answer: one, written: writeJson(encode(one)), read })) };
}

const CASES: Readonly<Record<string, Case>> = {
  "a commit": as(SHAPES.commit, commit, commitJson, commitOf),
  "a page of commits": as(SHAPES.commitList, commitPage, commitListJson, commitPageOf),
  "a read": as(
    SHAPES.query,
    query.map((one) => ({ ...one, branch: one.snapshot === null ? one.branch : "main" })),
    wholeQueryJson,
    queryOf,
  ),
  "a mutation": as(SHAPES.mutation, mutation, mutationJson, mutationOf),
  "a load": as(SHAPES.load, load, (one) => loadJson(one, "a.omni"), loadOf),
  "a merge": as(SHAPES.merge, merge, mergeJson, mergeOf),
  "a snapshot": as(SHAPES.snapshot, snapshot, (one) => wholeSnapshotJson(one, 1), snapshotOf),
  branches: as(
    SHAPES.branchList,
    fc
      .uniqueArray(branch, { maxLength: 3, selector: ({ name }) => name })
      .map((all) =>
        all
          .map((one) => (one.problem === undefined ? one : { ...one, head: "", forkedFrom: null }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    wholeBranchListJson,
    branchListOf,
  ),
  "a branch that was made": as(
    SHAPES.branchCreated,
    fc.tuple(text, text, maybe).map(([name, head, actor]) => ({ name, head, forkedFrom: head, actor })),
    (one) => wholeBranchCreatedJson(one, "a.omni", "main"),
    branchCreatedOf,
  ),
  "changes of a commit": as(
    SHAPES.commitChanges,
    fc.tuple(block, maybe).map(([one, nextPageToken]) => ({ ...one, nextPageToken })),
    wholeCommitChangesJson,
    commitChangesOf,
  ),
  "a page of the feed": as(
    SHAPES.feed,
    fc.record({
      blocks: fc.array(block, { maxLength: 2 }),
      cursor: maybe,
      caughtUp: fc.option(fc.boolean()),
      nextPageToken: maybe,
    }),
    wholeFeedJson,
    feedOf,
  ),
  "a plan of a migration": as(
    SHAPES.schemaPlan,
    fc.record({
      branch: fc.constant("main"),
      supported: fc.boolean(),
      steps: fc.array(step, { maxLength: 3 }),
    }),
    (one) => schemaPlanJson(one, "a.omni"),
    (json) => schemaPlanOf(json, "main"),
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
    schemaAppliedOf,
  ),
};

describe("a whole answer", () => {
  it.each(Object.entries(CASES))(
    "what is read of a whole answer is what was answered, also beside members of a newer server: %s",
    (_, { shape, trip }) => {
      fc.assert(
        fc.property(trip, ({ answer, written, read }) => {
          shape.parse(parseJson(written));
          const newer = written === "{}" ? written : `{"newer":[1],${written.slice(1)}`;
          expect(canonical(read(Members.of(parseJson(newer))))).toBe(canonical(answer));
        }),
        { numRuns: 100 },
      );
    },
  );

  it("a sum beyond 2^53 is a bigint, in whatever form it was written", () => {
    const rows = [{ sum: 2n ** 53n + 2n }, { sum: 2n ** 53n + 1n }, { sum: 3 }, { sum: null }];
    const head = { queryName: "q", branch: "main", snapshot: null, commit: "c", warnings: [] };
    const answer = { ...head, columns: ["sum"], rows, sums: ["sum"] };
    expect(queryOf(Members.of(parseJson(writeJson(wholeQueryJson(answer)))))).toEqual(answer);
  });

  it.each([
    ["no object", "[]", "the answer of the server must be an object"],
    ["a text for a number", '{"depth":"3"}', "must be"],
    ["a word that is none", '{"kind":"guess"}', "must be"],
    ["a member that is missing", '{"graph_commit_id":null}', "must be a text"],
  ])("an answer with %s is refused by its place", (_, json, message) => {
    expect(() => commitOf(Members.of(parseJson(json)))).toThrow(message);
    expect(() => commitOf(Members.of(parseJson(json)))).toThrow(
      expect.objectContaining({ reason: "server_failed" }),
    );
  });

  it("a failure of a reason that this release does not know says what the server said", () => {
    const known = Members.of(parseJson('{"error":"e","code":"conflict","reason":"op_reused","op":"a"}'));
    expect(errorOf(known, 409)).toMatchObject({ reason: "op_reused", message: "e", details: { op: "a" } });
    const unknown = Members.of(parseJson('{"error":"the moon is full","reason":"moon_full"}'));
    expect(errorOf(unknown, 418)).toMatchObject({
      reason: "server_failed",
      message: "the server answers 418 (moon_full): the moon is full",
    });
  });

  it("the stored queries are read as they are written", () => {
    const params = [
      { name: "n", kind: "string", nullable: false },
      { name: "v", kind: "vector", nullable: true, vector_dim: 3 },
      { name: "l", kind: "list", nullable: false, item_kind: "date" },
    ];
    const queries = [{ name: "hire", mutation: true, params, tool_name: "hire", description: "Adds one" }];
    const json = parseJson(writeJson({ queries }));
    expect(queryCatalogOf(Members.of(json))).toEqual(SHAPES.queryCatalog.parse(json));
  });
});

/** A value as text, with its members in the order of their names, which may be any. */
function canonical(value: unknown): string {
  return writeJson(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => ({ name, member: sorted(member) }));
}
