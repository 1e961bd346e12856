import fc from "fast-check";
import { type ChangeFilter, Omnigraph, type PollOptions } from "omnigraph";
import { describe, expect, it } from "vitest";
import { ORACLE_BASE, ORACLE_SCHEMA, write } from "../oracle/random-writes.ts";
import { cases, patience } from "../support/running/cases.ts";
import { attempt, brief, company, fresh, isOrdered } from "../support/graphs/changed-graph.ts";
import { reasonOf } from "../support/running/reason-of.ts";
import { COMPANY_DATA, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { FeedModel, followed, headEntities, textIn } from "../support/models/feed-model.ts";
import { testFolder } from "../support/running/folders.ts";

const FEEDS = cases(60);

describe("the change feed", () => {
  it(
    "the feed replayed onto an empty graph gives the head, whatever the pages",
    async () => {
      const sequences = fc.array(write, { minLength: 3, maxLength: 14 });
      const sizes = fc.constantFrom(undefined, 0, 3);
      await fc.assert(
        fc.asyncProperty(
          sequences,
          sizes,
          fc.integer({ min: 1, max: 9 }),
          async (steps, inlineRows, limit) => {
            const graph = await fresh(ORACLE_SCHEMA, inlineRows);
            for (const step of [ORACLE_BASE, ...steps]) await attempt(graph, step);
            const whole = await followed(graph, { start: "beginning" });
            expect(whole.length).toBe((await graph.commits.list()).length - 1);
            expect(await followed(graph, { start: "beginning", limit })).toEqual(whole);
            expect(whole.every(isOrdered)).toBe(true);
            const model = new FeedModel();
            for (const { changes } of whole) model.apply(changes);
            expect(model.entities).toEqual(await headEntities(graph));
            await graph.close();
          },
        ),
        { numRuns: FEEDS },
      );
    },
    patience(FEEDS),
  );

  it("the feed continues right after a baseline", async () => {
    const graph = await company();
    const lines = (await textIn(graph.changes.baseline())).trimEnd().split("\n");
    const end: unknown = JSON.parse(lines.pop() ?? "");
    const [newest] = await graph.commits.list();
    const resumed = { snapshot_commit_id: newest?.id, resume_cursor: expect.any(String) };
    expect(end).toEqual({ baseline: resumed });
    const cursor = (end as { readonly baseline: { readonly resume_cursor: string } }).baseline.resume_cursor;
    const model = new FeedModel();
    for (const line of lines) model.install(line);
    expect(model.entities).toEqual(await headEntities(graph));
    expect(await graph.changes.poll({ cursor })).toMatchObject({ blocks: [], caughtUp: true });
    await graph.mutate(
      'query q() { insert Person { slug: "gus", name: "Gus" } delete City where slug = "oslo" }',
    );
    for (const { changes } of await followed(graph, { cursor })) model.apply(changes);
    expect(model.entities).toEqual(await headEntities(graph));
    const cities = await textIn(
      graph.changes.baseline({ kinds: ["node"], types: ["City"], ops: ["delete"] }),
    );
    expect(cities.split("\n")[0]).toContain('"type":"City"');
    expect(cities.trimEnd().split("\n")).toHaveLength(2);
    await graph.close();
  });

  it("a filtered feed still has every commit", async () => {
    const graph = await company(0);
    const whole = await followed(graph, { start: "beginning" });
    const filters: readonly ChangeFilter[] = [
      { kinds: ["edge"] },
      { types: ["City", "likes"] },
      { ops: ["update"] },
      { kinds: ["node"], types: ["Person"], ops: ["insert", "delete"] },
      { kinds: ["edge"], types: ["Person"] },
    ];
    for (const filter of filters) {
      const { kinds = ["node", "edge"], types, ops = ["insert", "update", "delete"] } = filter;
      const names = types?.map((name) => name.toLowerCase());
      const expected = whole.map(({ cause, schemaSteps, changes }) => ({
        cause,
        schemaSteps,
        changes: changes.filter(
          ({ kind, type, op }) =>
            kinds.includes(kind) && ops.includes(op) && (names?.includes(type.name.toLowerCase()) ?? true),
        ),
      }));
      expect(await followed(graph, { start: "beginning", ...filter })).toEqual(expected);
      expect(await followed(graph, { start: "beginning", ...filter, limit: 1 })).toEqual(expected);
    }
    await graph.close();
  });

  it("a feed starts now, at the beginning, or after a commit", async () => {
    const graph = await company();
    const ids = (await graph.commits.list()).map(({ id }) => id).toReversed();
    const commitsOf = async (options: PollOptions) =>
      (await followed(graph, options)).map(({ cause }) => cause.commit);
    expect(await commitsOf({})).toEqual([]);
    expect(await commitsOf({ start: "now" })).toEqual([]);
    expect(await commitsOf({ start: "beginning" })).toEqual(ids.slice(1));
    for (let i = 0; i < ids.length; i++)
      expect(await commitsOf({ start: { after: ids[i] ?? "" } })).toEqual(ids.slice(i + 1));
    expect(await reasonOf(graph.changes.poll({ start: { after: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } }))).toBe(
      "commit_not_found",
    );
    await graph.close();
  });

  it("a page token leads to what came after it was given, and only the newest commit ends the feed", async () => {
    const graph = await company();
    const { nextPageToken } = await graph.changes.poll({ start: "beginning", limit: 1 });
    const { commit } = await graph.mutate('query q() { insert Person { slug: "dee", name: "Dee" } }');
    const page = await graph.changes.poll({ pageToken: nextPageToken ?? "", limit: 1000 });
    expect(page.blocks.at(-1)?.cause.commit).toBe(commit?.id);
    expect(page.caughtUp).toBe(true);
    await graph.close();
  });

  it("cursors outlive the process, and are bound to graph, filter and their own bytes", async () => {
    const folder = testFolder("feed");
    const uri = `${folder}/a.omni`;
    const first = await Omnigraph.init(uri, { schema: COMPANY_SCHEMA });
    await first.load(COMPANY_DATA, { mode: "append" });
    const start = await first.changes.poll({ types: ["Person"] });
    const cursor = start.cursor ?? "";
    await first.mutate('query q() { insert Person { slug: "dee", name: "Dee" } }');
    await first.close();
    const again = await Omnigraph.open(uri, { readOnly: true });
    const page = await again.changes.poll({ cursor, types: ["Person"] });
    expect(page.blocks.map(brief)).toEqual([["insert Person dee"]]);
    expect(page.caughtUp).toBe(true);
    // Retrying a cursor answers the same again.
    expect(await again.changes.poll({ cursor, types: ["Person"] })).toEqual(page);
    expect(await reasonOf(again.changes.poll({ cursor }))).toBe("cursor_invalid");
    expect(await reasonOf(again.changes.poll({ cursor, types: ["City"] }))).toBe("cursor_invalid");
    expect(await reasonOf(again.changes.poll({ cursor, pageToken: cursor }))).toBe("usage");
    const other = await company();
    expect(await reasonOf(other.changes.poll({ cursor, types: ["Person"] }))).toBe("cursor_invalid");
    await other.close();
    for (const broken of ["", "nonsense", cursor.slice(1), `${cursor}A`, swapped(cursor)])
      expect(await reasonOf(again.changes.poll({ cursor: broken, types: ["Person"] }))).toBe(
        "cursor_invalid",
      );
    await again.close();
  });

  it("the feed of a branch includes the history that it shares", async () => {
    const graph = await company(0);
    const shared = (await graph.commits.list())
      .slice(1)
      .map(({ id }) => id)
      .toReversed();
    await graph.branches.create("review", { from: shared.at(-1) ?? "" });
    const commitsOf = async (options: PollOptions) =>
      (await followed(graph, { branch: "review", ...options })).map(({ cause }) => cause.commit);
    expect(await commitsOf({ start: "beginning", limit: 2 })).toEqual(shared.slice(1));
    const { cursor } = await graph.changes.poll({ branch: "review" });
    expect(await commitsOf({ cursor: cursor ?? "" })).toEqual([]);
    const { commit } = await graph.mutate(
      'query q() { delete Person where slug = "cy" }',
      {},
      { branch: "review" },
    );
    expect(await commitsOf({ cursor: cursor ?? "" })).toEqual([commit?.id]);
    expect(await commitsOf({ start: { after: shared[1] ?? "" }, limit: 1 })).toEqual([
      ...shared.slice(2),
      commit?.id,
    ]);
    const blocks = await followed(graph, { branch: "review", start: "beginning" });
    expect(blocks.map(({ cause }) => cause.branch)).toEqual([...shared.slice(1).map(() => "main"), "review"]);
    const model = new FeedModel();
    for (const { changes } of blocks) model.apply(changes);
    expect(model.entities).toEqual(await headEntities(graph, "review"));
    const told = (await graph.history("node", "Person", "cy", { branch: "review" })).map(
      ({ change }) => change.op,
    );
    expect(told).toEqual(["delete", "insert"]);
    expect(await reasonOf(graph.changes.poll({ cursor: cursor ?? "" }))).toBe("cursor_invalid");
    expect(await reasonOf(graph.changes.poll({ start: { after: commit?.id ?? "" } }))).toBe(
      "commit_not_found",
    );
    await graph.branches.delete("review");
    expect(await reasonOf(graph.changes.poll({ branch: "review", cursor: cursor ?? "" }))).toBe(
      "branch_not_found",
    );
    await graph.branches.create("review");
    expect(await reasonOf(graph.changes.poll({ branch: "review", cursor: cursor ?? "" }))).toBe(
      "cursor_invalid",
    );
    await graph.close();
  });

  it("the feed has the commits of one put one by one", async () => {
    const graph = await fresh(COMPANY_SCHEMA);
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    await Promise.all(
      names.map((slug) =>
        graph.mutate("query q($s: String) { insert Person { slug: $s, name: $s } }", { s: slug }),
      ),
    );
    const all = await followed(graph, { start: "beginning" });
    expect(all.flatMap(brief).toSorted()).toEqual(names.map((slug) => `insert Person ${slug}`).toSorted());
    const cursor = (await graph.changes.poll({ start: "beginning", limit: 7 })).cursor ?? "";
    const rest = await followed(graph, { cursor, limit: 4 });
    expect(rest).toEqual(all.slice(7));
    await graph.close();
  });
});

/** A token with one character changed for another. */
function swapped(token: string): string {
  const at = token.length >> 1;
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}
