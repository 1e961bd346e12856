import { Omnigraph } from "omnigraph";
import { LocalObjects } from "@omnigraph/storage";
import { describe, expect, it } from "vitest";
import { textIn } from "../../support/models/feed-model.ts";
import { reasonOf } from "../../support/running/reason-of.ts";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  city: String? }
edge Knows: Person -> Person { since: Date? }
`;
const ADD = "query q($n: String, $age: I32?) { insert Person { name: $n, age: $age } }";
const MOVE = 'query q($n: String) { update Person set { city: "Oslo" } where name = $n }';
const BY_AGE = "query q() { match { $p: Person } return { $p.name, $p.age } order { $p.name } }";
const BY_CITY = "query q() { match { $p: Person } return { $p.name, $p.city } order { $p.name } }";
const NOW = { confirm: true, graceMs: 0 } as const;

async function exported(graph: Omnigraph, branch = "main"): Promise<readonly string[]> {
  return (await textIn(graph.export({ branch }))).trimEnd().split("\n").toSorted();
}

function people(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ type: "Person", data: { name: `p${from + i}`, age: (from + i) % 90 } }),
  ).join("\n");
}

/** A graph with small commits, tables, and a branch of each age. */
async function grown(uri: string): Promise<Omnigraph> {
  const graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
  await graph.load(people(0, 50), { mode: "append" });
  await graph.mutate(ADD, { n: "early", age: 1 });
  await graph.branches.create("old");
  await graph.mutate(ADD, { n: "old", age: 2 }, { branch: "old" });
  await graph.load(people(30, 80), { mode: "merge" });
  for (let i = 0; i < 5; i++) await graph.mutate(MOVE, { n: `p${i}` });
  await graph.branches.create("empty");
  await graph.mutate('query q() { delete Person where name = "p7" }');
  return graph;
}

describe.each(backends("cleanup"))("a graph in %s that is cleaned up", (_name, addressOf) => {
  it("what is kept reads as before in every handle, and what is gone is said to be", async () => {
    const uri = addressOf();
    await using graph = await grown(uri);
    await using other = await Omnigraph.open(uri);
    await other.query(BY_AGE); // the column of cities is not in its memory yet
    await using third = await Omnigraph.open(uri);
    await third.branches.list();
    const rows = [await exported(graph), await exported(graph, "old"), await exported(graph, "empty")];
    const commits = await graph.commits.list({ limit: Infinity });
    const [head, ofEmpty, before] = commits;
    const first = commits.at(-2);
    const dry = await graph.maintenance.cleanup({ keep: 1, graceMs: 0 });
    expect(dry).toMatchObject({ confirmed: false, folded: ["main", "old"], pending: null });
    expect(dry.commits).toBeGreaterThan(1);
    expect(await graph.commits.list({ limit: Infinity })).toEqual(commits);

    const done = await graph.maintenance.cleanup({ keep: 1, ...NOW });
    expect(done).toMatchObject({ confirmed: true, folded: ["main", "old"], pending: null });
    expect(done.commits).toBe(dry.commits);
    expect(done.commitBytes).toBeGreaterThan(0);
    for (const each of [graph, other, third]) {
      expect(await exported(each)).toEqual(rows[0]);
      expect(await exported(each, "old")).toEqual(rows[1]);
      expect(await exported(each, "empty")).toEqual(rows[2]);
      expect((await each.query(BY_CITY)).rows).toHaveLength(80);
    }
    await using fresh = await Omnigraph.open(uri);
    expect(await exported(fresh)).toEqual(rows[0]);
    expect((await fresh.commits.list({ limit: Infinity })).slice(1)).toEqual(commits);
    for (const each of [graph, other, fresh]) {
      const gone = [
        each.query(BY_AGE, {}, { at: first?.id ?? "" }),
        textIn(each.export({ at: before?.id ?? "" })),
        each.branches.create("again", { from: head?.id ?? "" }),
        each.branches.diff(first?.id ?? "", "main"),
        each.commits.revert(before?.id ?? ""),
        // The others have the changes of the head in memory.
        ...(each === fresh
          ? [each.commits.changes(head?.id ?? ""), each.history("node", "Person", "p7")]
          : []),
      ].map(reasonOf);
      expect(await Promise.all(gone)).toEqual(gone.map(() => "history_reclaimed"));
      // It is the head of a branch without commits of its own.
      expect(await textIn(each.export({ at: ofEmpty?.id ?? "" }))).not.toBe("");
    }
    expect(await reasonOf(fresh.changes.poll({ start: "beginning" }))).toBe("change_feed_gap");
    const again = await fresh.maintenance.cleanup({ keep: 1, ...NOW });
    expect([again.commits, again.folded, again.types.map(({ tables }) => tables)]).toEqual([0, [], [0, 0]]);
    await fresh.mutate(ADD, { n: "late", age: 3 });
    expect(await exported(other)).toHaveLength((rows[0]?.length ?? 0) + 1);
    expect((await other.history("node", "Person", "late")).length).toBe(1);
  });

  it("branches merge as they would have without it", async () => {
    const texts: (readonly string[])[] = [];
    for (const isCleaned of [false, true]) {
      await using graph = await grown(addressOf());
      await graph.mutate('query q() { update Person set { age: 88 } where name = "p3" }', null, {
        branch: "old",
      });
      await graph.mutate('query q() { delete Person where name = "p9" }', null, { branch: "old" });
      if (isCleaned) {
        const { commits } = await graph.maintenance.cleanup({ keep: 1, ...NOW });
        expect(commits).toBeGreaterThan(1);
      }
      const { outcome } = await graph.branches.merge("old");
      expect(outcome).toBe("merged");
      await graph.branches.merge("empty");
      texts.push(await exported(graph));
    }
    expect(texts[1]).toEqual(texts[0]);
  });

  it("a merge forward takes what the source is made of, whatever is deleted and cleaned up then", async () => {
    await using graph = await grown(addressOf());
    await graph.branches.create("ahead");
    await graph.load(people(200, 240), { mode: "append", branch: "ahead" });
    await graph.mutate(ADD, { n: "ahead", age: 4 }, { branch: "ahead" });
    const rows = await exported(graph, "ahead");
    expect((await graph.branches.merge("ahead", { deleteBranch: true })).outcome).toBe("fast_forward");
    await graph.maintenance.cleanup({ keep: 1, ...NOW });
    expect(await exported(graph)).toEqual(rows);
    await graph.maintenance.cleanup({ keep: 1, ...NOW });
    expect(await exported(graph)).toEqual(rows);
  });

  it("commits that are kept are read, compared, reverted and followed as before", async () => {
    await using graph = await grown(addressOf());
    const { cursor } = await graph.changes.poll({ start: "now" });
    const at = (await graph.commits.list({ limit: 1 }))[0]?.id ?? "";
    await graph.load(people(100, 130), { mode: "append" });
    await graph.load(people(120, 140), { mode: "overwrite" });
    await graph.mutate(ADD, { n: "late", age: 3 });
    const before = await Promise.all([
      textIn(graph.export({ at })),
      graph.changes.poll({ cursor: cursor ?? "" }),
      graph.branches.diff(at, "main").then(({ stat }) => stat),
    ]);
    await graph.maintenance.cleanup({ keep: 5, ...NOW });
    const after = await Promise.all([
      textIn(graph.export({ at })),
      graph.changes.poll({ cursor: cursor ?? "" }),
      graph.branches.diff(at, "main").then(({ stat }) => stat),
    ]);
    expect(after[0]).toBe(before[0]);
    expect(after[1].blocks).toEqual(before[1].blocks);
    expect(after[2]).toEqual(before[2]);
    expect((await graph.branches.create("from", { from: at })).head).toBe(at);
    const [, late] = await graph.commits.list({ limit: 2 });
    expect((await graph.commits.revert(late?.id ?? "")).commit).not.toBeNull();
  });
});

it("nothing goes before the grace period is over, and then another handle removes it", async () => {
  const uri = "memory://cleanup-grace";
  await using graph = await grown(uri);
  const first = await graph.maintenance.cleanup({ keep: 1, confirm: true });
  expect(first.commits).toBe(0);
  expect(first.pending?.waitMs).toBeGreaterThan(3_500_000);
  expect(await graph.maintenance.cleanup({ keep: 1, confirm: true })).toMatchObject({
    commits: 0,
    folded: [],
  });
  await using other = await Omnigraph.open(uri);
  const second = await other.maintenance.cleanup({ keep: 1, ...NOW });
  expect(second.commits).toBeGreaterThan(1);
  expect(second.pending).toBeNull();
});

it("tables that nothing names are taken, and those that an intent names are not", async () => {
  const [[, addressOf]] = backends("cleanup-garbage") as [readonly [string, () => string]];
  const uri = addressOf();
  await using graph = await grown(uri);
  await using store = { objects: new LocalObjects(uri), [Symbol.asyncDispose]: () => store.objects.close() };
  const { objects } = store;
  const [dead, live] = ["01JD000000000000000000000D", "01JD000000000000000000000E"];
  for (const staging of [dead, live])
    await objects.put(`tables/${staging}/01JD0000000000000000000001.cols`, Buffer.from("x"));
  await objects.put(`tables/${dead}/01JD0000000000000000000001.lance/data/a.lance`, Buffer.from("xy"));
  await objects.put("tables/notes.txt", Buffer.from("of others"));
  await objects.put(`__recovery/${live}.json`, Buffer.from("damaged"));
  const { types } = await graph.maintenance.cleanup({ keep: 1000, ...NOW });
  expect(types.find(({ kind }) => kind === null)).toEqual({
    kind: null,
    typeName: "01JD0000000000000000000001",
    tables: 1,
    bytes: 3,
  });
  const left = (await objects.list("tables/")).map(({ key }) => key);
  expect(left.filter((key) => key.includes(dead))).toEqual([]);
  expect(left).toContain(`tables/${live}/01JD0000000000000000000001.cols`);
  expect(left).toContain("tables/notes.txt");
});
