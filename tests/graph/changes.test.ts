import { isError, type Reason } from "@omnigraph/base";
import fc from "fast-check";
import {
  type ChangeBlock,
  type ChangedEntity,
  type ChangeFilter,
  type CommitChangesPage,
  Omnigraph,
  type PollOptions,
} from "omnigraph";
import { describe, expect, it } from "vitest";
import { ORACLE_BASE, ORACLE_SCHEMA, type Write, write } from "../oracle/random-writes.ts";
import { COMPANY_DATA, COMPANY_SCHEMA } from "../support/company.ts";
import { FeedModel, followed, headEntities, textIn } from "../support/feed-model.ts";
import { testFolder } from "../support/folders.ts";

let graphs = 0;

/** A graph in memory whose writes of more than so many rows are staged as tables. */
function fresh(schema: string, inlineRows?: number): Promise<Omnigraph> {
  return Omnigraph.init(`memory://changes-${graphs++}`, {
    schema,
    actor: "ann",
    ...(inlineRows === undefined ? {} : { inlineRows }),
  });
}

/** A graph of which every kind of change was made: loads inline and staged, an update, a delete with cascade, types overwritten. */
async function company(inlineRows?: number): Promise<Omnigraph> {
  const graph = await fresh(COMPANY_SCHEMA, inlineRows);
  await graph.load(COMPANY_DATA, { mode: "append" });
  await graph.mutate('query q() { insert Person { slug: "dee", name: "Dee" } }');
  await graph.mutate('query q() { update Person set { name: "Bob", age: 6 } where slug = "bo" }');
  await graph.load(
    ["ada", "bo", "eve", "fay"]
      .map((slug) => JSON.stringify({ type: "Person", data: { slug, name: slug } }))
      .join("\n"),
    { mode: "merge" },
  );
  await graph.load(
    '{"type":"City","data":{"slug":"oslo","name":"Oslo"}}\n{"type":"City","data":{"slug":"rome","name":"Rome"}}',
    {
      mode: "overwrite",
    },
  );
  await graph.mutate('query q() { delete Person where slug = "bo" }');
  return graph;
}

/** Whether changes stand in the order of kind (nodes first), type name and id by UTF-8 bytes, each entity once. */
function isOrdered({ changes }: ChangeBlock): boolean {
  const keys = changes.map(({ kind, type, id }) =>
    Buffer.from(`${kind === "node" ? 0 : 1} ${type.name} ${id}`),
  );
  return keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1] ?? key, key) < 0);
}

async function reasonOf(promise: Promise<unknown>): Promise<Reason | "none"> {
  try {
    await promise;
    return "none";
  } catch (error) {
    if (isError(error)) return error.reason;
    throw error;
  }
}

function brief(block: ChangeBlock): readonly string[] {
  return block.changes.map(
    ({ op, type, id }) => `${op} ${type.name} ${type.name.startsWith("Li") ? "*" : id}`,
  );
}

async function attempt(graph: Omnigraph, step: Write): Promise<void> {
  try {
    if (step.kind === "mutate") await graph.mutate(step.source);
    else await graph.load(step.text, { mode: step.mode });
  } catch (error) {
    if (!isError(error)) throw error; // a refused write is no commit
  }
}

describe("what a commit changed", () => {
  it("is told with whole images in the order of kind, type and id", async () => {
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

  it("is the same whether it stands in the commit or in tables", async () => {
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

  it("refuses the first commit of a graph, and a page beyond the limit", async () => {
    const graph = await company();
    const commits = await graph.commits.list();
    const genesis = commits.at(-1)?.id ?? "";
    const newest = commits[0]?.id ?? "";
    expect(await reasonOf(graph.commits.changes(genesis))).toBe("commit_parentless");
    expect(await reasonOf(graph.commits.changes("01ARZ3NDEKTSV4RRFFQ69G5FAV"))).toBe("commit_not_found");
    expect(await reasonOf(graph.commits.changes(newest, { limit: 10_001 }))).toBe("page_too_large");
    expect(await reasonOf(graph.commits.changes(newest, { limit: 0 }))).toBe("usage");
    expect(await reasonOf(graph.commits.changes(newest, { types: ["Nobody"] }))).toBe("usage");
    await graph.close();
  });

  it("pages of one change make the same list, and their tokens are of one commit and filter", async () => {
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

describe("the change feed", () => {
  it("replayed from the beginning onto an empty graph gives the head, whatever the pages", async () => {
    const sequences = fc.array(write, { minLength: 3, maxLength: 14 });
    const sizes = fc.constantFrom(undefined, 0, 3);
    await fc.assert(
      fc.asyncProperty(sequences, sizes, fc.integer({ min: 1, max: 9 }), async (steps, inlineRows, limit) => {
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
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it("goes on right after a baseline", async () => {
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

  it("lets through what the filter says, and still tells of every commit", async () => {
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
      const expected = whole.map(({ cause, changes }) => ({
        cause,
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

  it("starts now, at the beginning, or after a commit", async () => {
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

  it("cursors outlive the process and are bound to graph, filter and their own bytes", async () => {
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

  it("of a branch leads through the history that it shares", async () => {
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

  it("tells the group commits of one put one by one", async () => {
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

describe("the history of an entity", () => {
  it("has the commits that touched it, the newest first, with its images", async () => {
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

  it("agrees with the feed, for every entity that ever was", async () => {
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
      { numRuns: 25 },
    );
  }, 120_000);
});

/** A token with one character changed for another. */
function swapped(token: string): string {
  const at = token.length >> 1;
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}
