import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { s3Bucket } from "../../support/stores/s3-environment.ts";
import { textIn } from "../../support/models/feed-model.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  city: String? }
node Item { key: String @key  price: F64? }
edge Owns: Person -> Item { since: Date? }
`;
const ADD = "query q($n: String, $age: I32?) { insert Person { name: $n, age: $age } }";
const PEOPLE = "query q() { match { $p: Person } return { $p.name, $p.age, $p.city } order { $p.name } }";
const OWNED = "query q() { match { $p owns $i } return { $p.name, $i.key } order { $p.name, $i.key } }";

const folder = testFolder("optimize");
const bucket = s3Bucket();
const BACKENDS: readonly (readonly [string, (name: string) => string])[] = [
  ["a local folder", (name) => join(folder, `${name}.omni`)],
  ["memory", (name) => `memory://optimize-${name}`],
  ["S3", (name) => `s3://${bucket()}/optimize/${name}.omni`],
];

/** Deletions in each table at the head of main, and what is there of writes that stage tables. */
async function inside(uri: string): Promise<{ deletions: readonly number[]; intents: readonly string[] }> {
  const { objects } = await openBackend(uri, systemEnvironment);
  const log = await GraphLog.open(objects, systemEnvironment, { readOnly: true });
  const head = await log.head("main");
  const snapshot = await log.snapshot(head);
  const pieces = [...head.header.counts.keys()].flatMap((type) => snapshot.pieces(type));
  const intents = (await objects.list("__recovery/")).map(({ key }) => key);
  await log.close();
  await objects.close();
  return {
    deletions: pieces.flatMap((piece) => (piece.kind === "layer" ? [piece.entry.tombstones] : [])),
    intents,
  };
}

async function exported(graph: Omnigraph, at?: string): Promise<readonly string[]> {
  const text = await textIn(graph.export(at === undefined ? {} : { at }));
  return text.trimEnd().split("\n").toSorted();
}

function people(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ type: "Person", data: { name: `p${from + i}`, age: (from + i) % 90 } }),
  ).join("\n");
}

const lines = [
  { type: "Item", data: { key: "i1", price: 1.5 } },
  { type: "Item", data: { key: "i2", price: 2.5 } },
  { edge: "Owns", from: "p1", to: "i1" },
  { edge: "Owns", from: "p2", to: "i2" },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

describe.each(BACKENDS)("a graph in %s that is optimized", (_name, uriOf) => {
  it("an optimized graph keeps every row, in this handle and in others, and the second time there is nothing to do", async () => {
    const uri = uriOf("rows");
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
    await graph.load(people(0, 100), { mode: "append" });
    await graph.load(lines, { mode: "append" });
    await graph.load(people(50, 120), { mode: "merge" });
    await graph.mutate(ADD, { n: "late", age: 7 });
    await graph.mutate('query q() { update Person set { city: "Oslo" } where age > 80 }');
    await graph.mutate("query q() { delete Person where age = 3 }");
    const before = await exported(graph);
    const [all, owned] = [await graph.query(PEOPLE), await graph.query(OWNED)];
    const head = (await graph.commits.list({ limit: 1 }))[0];

    const seen: string[] = [];
    const answer = await graph.maintenance.optimize({
      onProgress: ({ phase, typeName }) => seen.push(`${phase} ${typeName}`),
    });
    expect(answer.commit).toMatchObject({ kind: "maintenance", parent: head?.id });
    expect(answer.types.map(({ typeName, tables }) => [typeName, tables])).toEqual([
      ["Person", 1],
      ["Item", 1],
      ["Owns", 1],
    ]);
    expect(seen).toEqual(["write Person", "write Item", "write Owns"]);

    expect(await exported(graph)).toEqual(before);
    await using other = await Omnigraph.open(uri, { readOnly: true });
    expect(await exported(other)).toEqual(before);
    expect((await other.query(PEOPLE)).rows).toEqual(all.rows);
    expect((await other.query(OWNED)).rows).toEqual(owned.rows);
    expect(await exported(other, head?.id)).toEqual(before);

    expect(await graph.maintenance.optimize()).toMatchObject({ commit: null });
    expect(await graph.maintenance.optimize({ full: true })).toMatchObject({ commit: null });
    await graph.mutate(ADD, { n: "later" });
    expect((await graph.query(PEOPLE)).rows).toHaveLength(all.rows.length + 1);
  });

  it("deletions lie beside tables until all is made one table a type", async () => {
    const uri = uriOf("full");
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
    await graph.load(people(0, 1000), { mode: "append" });
    const types = async (full: boolean): Promise<unknown> =>
      (await graph.maintenance.optimize({ full })).types[0];
    let before: readonly string[] = [];
    // The second table of deletions takes in the first.
    for (const age of [3, 4]) {
      await graph.mutate(`query q() { delete Person where age = ${age} }`);
      before = await exported(graph);
      expect(await types(false)).toMatchObject({ tables: 2, tablesAdded: 1, rowsWritten: 0 });
      expect((await inside(uri)).deletions).toEqual([0, 1000 - before.length]);
      for (const handle of [graph, await Omnigraph.open(uri, { readOnly: true })]) {
        expect(await exported(handle)).toEqual(before);
        if (handle !== graph) await handle.close();
      }
    }
    expect(await types(true)).toMatchObject({
      tables: 1,
      tablesRemoved: 2,
      rowsWritten: before.length,
    });
    expect(await inside(uri)).toEqual({ deletions: [0], intents: [] });
    await using other = await Omnigraph.open(uri, { readOnly: true });
    expect(await exported(other)).toEqual(before);
  });

  it("optimizing tells nobody of a change, and merges and reverts come out as they would have", async () => {
    await using graph = await Omnigraph.init(uriOf("history"), { schema: SCHEMA, inlineRows: 20 });
    await graph.load(people(0, 10), { mode: "append" });
    await graph.branches.create("draft");
    const cursor = (await graph.changes.poll()).cursor ?? expect.unreachable();
    await graph.mutate(ADD, { n: "of main", age: 1 });
    const { commit } = await graph.mutate(ADD, { n: "of draft", age: 1 }, { branch: "draft" });
    await graph.maintenance.optimize();
    await graph.maintenance.optimize({ branch: "draft" });
    expect((await graph.changes.poll({ cursor })).blocks).toHaveLength(1);
    expect(await graph.history("node", "Person", "of main")).toHaveLength(1);
    const merged = await graph.branches.merge("draft");
    expect(merged.outcome).toBe("merged");
    await graph.maintenance.optimize({ full: true });
    await graph.commits.revert(commit?.id ?? "");
    const names = (await graph.query(PEOPLE)).rows.map((row) => row["p.name"]);
    expect(names).toContain("of main");
    expect(names).not.toContain("of draft");
  });

  it("the same call again answers the commit of the first time", async () => {
    await using graph = await Omnigraph.init(uriOf("again"), { schema: SCHEMA });
    await graph.mutate(ADD, { n: "a" });
    const { commit } = await graph.maintenance.optimize({
      op: "nightly",
      actor: "keeper",
      message: "nightly",
    });
    expect(commit).toMatchObject({ actor: "keeper", message: "nightly" });
    await graph.mutate(ADD, { n: "b" });
    expect(
      await graph.maintenance.optimize({ op: "nightly", actor: "keeper", message: "nightly" }),
    ).toMatchObject({
      commit,
      types: [],
    });
    await expect(graph.maintenance.optimize({ op: "nightly", full: true })).rejects.toMatchObject({
      reason: "op_reused",
    });
  });

  it("nothing is changed, and nothing is left behind, where the caller's callback throws", async () => {
    const uri = uriOf("callback");
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
    await graph.load(people(0, 30), { mode: "append" });
    await graph.mutate(ADD, { n: "late" });
    const failing = (): never => {
      throw new Error("the screen is gone");
    };
    await expect(graph.maintenance.optimize({ full: true, onProgress: failing })).rejects.toMatchObject({
      reason: "caller_failed",
      message: "onProgress failed, and nothing was changed: the screen is gone; see the cause",
    });
    expect(await graph.commits.list()).toHaveLength(3);
    expect((await inside(uri)).intents).toEqual([]);
    expect((await graph.maintenance.optimize({ full: true })).commit).not.toBeNull();
  });

  it("the writes of several handles meanwhile are taken whole, and two maintainers waste at most one's work", async () => {
    const uri = uriOf("busy");
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
    await using second = await Omnigraph.open(uri, { inlineRows: 20 });
    const writing = [graph, second].map(async (handle, h) => {
      for (let n = 0; n < 20; n++) {
        await setImmediate(); // writes in memory wait for nothing
        if (n % 10 === 9)
          await handle.load(people(100 * h + n * 1000, 100 * h + n * 1000 + 30), { mode: "append" });
        else await handle.mutate(ADD, { n: `${h} ${n}`, age: n });
      }
    });
    let done = false;
    const folding = [graph, second].map(async (handle) => {
      let folds = 0;
      for (let n = 0; !done; n++) {
        const { commit } = await handle.maintenance.optimize({ full: n % 2 === 0 });
        if (commit === null) await setImmediate();
        else folds++;
      }
      return folds;
    });
    await Promise.all(writing).finally(() => (done = true));
    const folds = await Promise.all(folding);
    expect(folds.reduce((sum, n) => sum + n)).toBeGreaterThan(0);
    await using reader = await Omnigraph.open(uri, { readOnly: true });
    for (const handle of [graph, second, reader])
      expect((await handle.query(PEOPLE)).rows).toHaveLength(2 * 18 + 2 * 2 * 30);
  });
});
