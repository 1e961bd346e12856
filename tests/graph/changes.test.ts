import fc from "fast-check";
import type { ChangedEntity, CommitChangesPage, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { ORACLE_BASE, ORACLE_SCHEMA, write } from "../oracle/random-writes.ts";
import { cases, patience } from "../support/running/cases.ts";
import { attempt, brief, company, fresh } from "../support/graphs/changed-graph.ts";
import { reasonOf } from "../support/running/reason-of.ts";
import { followed } from "../support/models/feed-model.ts";

const HISTORIES = cases(25);

describe("what a commit changed", () => {
  it("changes have whole images, in the order of kind, type and id", async () => {
    const graph = await company();
    const [newest, , merged, renamed, inserted, loaded] = await graph.commits.list();
    const of = async (commit = newest) => graph.commits.changes(commit?.id ?? "");
    const insert = await of(inserted);
    expect(insert.cause).toEqual({
      commit: inserted?.id,
      parent: loaded?.id,
      mergedParent: null,
      branch: "main",
      actor: "ann",
      authoredAt: expect.any(Number),
      createdAt: inserted?.createdAt,
    });
    const none = { age: null, serial: null, born: null, seen: null, tags: null, active: null };
    const { type } = insert.changes[0] ?? {};
    expect(insert.changes).toEqual([
      {
        kind: "node",
        type: { id: expect.any(String), name: "Person" },
        id: "dee",
        op: "insert",
        before: null,
        after: { properties: { slug: "dee", name: "Dee", ...none }, endpoints: null },
      },
    ]);
    expect((await of(renamed)).changes).toEqual([
      {
        kind: "node",
        type,
        id: "bo",
        op: "update",
        before: { properties: { slug: "bo", ...none, name: 'Bo, "the" 2nd', age: 5 }, endpoints: null },
        after: { properties: { slug: "bo", ...none, name: "Bob", age: 6 }, endpoints: null },
      },
    ]);
    const first = await of(loaded);
    expect(brief(first)).toEqual([
      "insert City rome",
      "insert Person ada",
      "insert Person bo",
      "insert Person cy",
      "insert Likes *",
      "insert LivesIn *",
    ]);
    expect(first.changes[1]?.after?.properties).toMatchObject({
      serial: 9007199254740993n,
      born: -56270,
      seen: 1769848200000,
      tags: ["x", "y"],
      active: true,
    });
    expect(first.changes[4]?.after).toEqual({
      properties: { since: 18321, weight: 0.5 },
      endpoints: { from: "ada", to: "bo" },
    });
    expect(brief(await of(merged))).toEqual([
      "update Person ada",
      "update Person bo",
      "insert Person eve",
      "insert Person fay",
    ]);
    expect(brief(await of(newest))).toEqual(["delete Person bo", "delete Likes *", "delete LivesIn *"]);
    await graph.close();
  });

  it("changes are the same whether they are in the commit or in tables", async () => {
    const inline = await company();
    const staged = await company(0);
    const told = async (graph: Omnigraph) =>
      (await followed(graph, { start: "beginning" })).map(({ changes }) =>
        changes.map((change) => ({
          ...change,
          type: change.type.name,
          id: change.kind === "edge" ? "*" : change.id,
        })),
      );
    expect(await told(staged)).toEqual(await told(inline));
    await inline.close();
    await staged.close();
  });

  it("changes of the first commit, and a page beyond the limit, are refused", async () => {
    const graph = await company();
    const commits = await graph.commits.list();
    const genesis = commits.at(-1)?.id ?? "";
    const newest = commits[0]?.id ?? "";
    expect(await reasonOf(graph.commits.changes(genesis))).toBe("commit_parentless");
    expect(await reasonOf(graph.commits.changes("01ARZ3NDEKTSV4RRFFQ69G5FAV"))).toBe("commit_not_found");
    await expect(graph.commits.changes(newest, { limit: 10_001 })).rejects.toMatchObject({
      reason: "page_too_large",
      details: { resource_limit: { resource: "changes of a page", limit: 10_000, actual: 10_001 } },
    });
    expect(await reasonOf(graph.commits.changes(newest, { limit: 0 }))).toBe("usage");
    expect(await reasonOf(graph.commits.changes(newest, { types: ["Nobody"] }))).toBe("usage");
    await graph.close();
  });

  it("pages of one change make the same list, and their tokens belong to one commit and filter", async () => {
    const graph = await company(0);
    const [newest, overwrite, merged] = await graph.commits.list();
    const id = merged?.id ?? "";
    const whole = await graph.commits.changes(id, { ops: ["update", "insert"] });
    const found: ChangedEntity[] = [];
    let pageToken: string | null = null;
    do {
      const page: CommitChangesPage = await graph.commits.changes(id, {
        ops: ["insert", "update"],
        limit: 1,
        ...(pageToken === null ? {} : { pageToken }),
      });
      expect(page.changes).toHaveLength(1);
      found.push(...page.changes);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    expect(found).toEqual(whole.changes);
    const { nextPageToken: token } = await graph.commits.changes(id, { limit: 1 });
    const given = { limit: 1, pageToken: token ?? "" };
    expect(await reasonOf(graph.commits.changes(id, { ...given, ops: ["insert"] }))).toBe("cursor_invalid");
    expect(await reasonOf(graph.commits.changes(newest?.id ?? "", given))).toBe("cursor_invalid");
    expect(await reasonOf(graph.changes.poll({ pageToken: token ?? "" }))).toBe("cursor_invalid");
    // What stayed the same in an overwrite is no change.
    expect(brief(await graph.commits.changes(overwrite?.id ?? ""))).toEqual(["insert City oslo"]);
    await graph.close();
  });
});

describe("the history of an entity", () => {
  it("the history of an entity has the commits that changed it, newest first, with its images", async () => {
    for (const inlineRows of [undefined, 0]) {
      const graph = await company(inlineRows);
      const entries = await graph.history("node", "Person", "bo");
      expect(
        entries.map(({ change }) => [
          change.op,
          change.before?.properties["name"],
          change.after?.properties["name"],
        ]),
      ).toEqual([
        ["delete", "bo", undefined],
        ["update", "Bob", "bo"],
        ["update", 'Bo, "the" 2nd', "Bob"],
        ["insert", undefined, 'Bo, "the" 2nd'],
      ]);
      expect(await graph.history("node", "Person", "bo", { limit: 2 })).toEqual(entries.slice(0, 2));
      expect((await graph.history("node", "City", "rome")).map(({ change }) => change.op)).toEqual([
        "insert",
      ]);
      expect(await graph.history("node", "Person", "nobody")).toEqual([]);
      expect(await reasonOf(graph.history("edge", "Person", "bo"))).toBe("usage");
      await graph.close();
    }
  });

  it(
    "the history of every entity agrees with the feed",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(write, { minLength: 3, maxLength: 10 }),
          fc.constantFrom(undefined, 0, 3),
          async (steps, inlineRows) => {
            const graph = await fresh(ORACLE_SCHEMA, inlineRows);
            for (const step of [ORACLE_BASE, ...steps]) await attempt(graph, step);
            const all = (await followed(graph, { start: "beginning" })).flatMap(({ cause, changes }) =>
              changes.map((change) => ({ cause, change })),
            );
            const seen = new Set(all.map(({ change }) => `${change.kind} ${change.type.name} ${change.id}`));
            for (const name of seen) {
              const own = all.filter(
                ({ change }) => `${change.kind} ${change.type.name} ${change.id}` === name,
              );
              const { kind, type, id } = own[0]?.change ?? { kind: "node", type: { name: "" }, id: "" };
              const entries = await graph.history(kind, type.name, id);
              expect(entries.map(({ cause, change }) => ({ cause, change }))).toEqual(own.toReversed());
            }
            await graph.close();
          },
        ),
        { numRuns: HISTORIES },
      );
    },
    patience(HISTORIES),
  );
});
