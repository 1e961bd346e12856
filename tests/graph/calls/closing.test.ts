import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { present } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { backends } from "../../support/stores/backends.ts";

const folder = testFolder("closing-tables");

const SCHEMA = "node Item { slug: String @key  n: I64? }";
const ADD = "query add($slug: String) { insert Item { slug: $slug } }";
const ALL = "query all() { match { $i: Item } return { $i.slug } order { $i.slug } }";
const line = (slug: string): string => `{"type":"Item","data":{"slug":"${slug}"}}\n`;

/** An input of a load that gives one piece, and the rest once it is let go. */
function held(rest: string): { readonly input: AsyncGenerator<string>; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  async function* input(): AsyncGenerator<string> {
    yield line("early");
    await gate;
    yield rest;
  }
  return { input: input(), letGo };
}

/** Whether a promise is settled after what can happen at once has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol("open");
  const first = await Promise.race([promise.catch(() => null), sleep(30, open)]);
  return first !== open;
}

/** What the store has, by a handle of its own. */
async function state(uri: string): Promise<unknown> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  const branches = await graph.branches.list();
  const commits = await Promise.all(branches.map(({ name }) => graph.commits.list({ branch: name })));
  return { branches, commits };
}

/** Nothing comes into the graph any more, however long one waits. */
async function staysAsItIs(uri: string): Promise<void> {
  const closed = await state(uri);
  await sleep(150);
  expect(await state(uri)).toEqual(closed);
}

const closed = { reason: "closed" };
const aborted = { reason: "aborted", message: expect.stringContaining("closed meanwhile") };

describe.each(backends("closing"))("a handle on a graph in %s", (_name, uriOf) => {
  async function made(): Promise<string> {
    const uri = uriOf();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.load(line("a") + line("b"), { mode: "append" });
    await graph.branches.create("draft");
    await graph.mutate(ADD, { slug: "drafted" }, { branch: "draft" });
    // An open handle keeps a graph in memory.
    if (uri.startsWith("memory:")) keepers.push(await Omnigraph.open(uri));
    return uri;
  }
  const keepers: Omnigraph[] = [];

  describe.each([
    ["that has not written yet", false],
    ["that has written", true],
  ])("%s", (_what, hasWritten) => {
    async function opened(): Promise<{ readonly uri: string; readonly graph: Omnigraph }> {
      const uri = await made();
      const graph = await Omnigraph.open(uri);
      if (hasWritten) await graph.mutate(ADD, { slug: "written" });
      return { uri, graph };
    }

    it("calls made before a handle is closed finish, and later ones are refused", async () => {
      const { uri, graph } = await opened();
      const prepared = await graph.prepare(ALL);
      const diff = await graph.branches.diff("main", "draft");
      const id = present((await graph.commits.list())[0], "newest commit").id;
      const calls = {
        query: () => graph.query(ALL),
        "query again": () => graph.query(ALL, {}, { deadlineMs: 60_000 }),
        explain: () => graph.explain(ALL, {}, { analyze: true }),
        run: () => prepared.run(),
        "run at once": () => prepared.run({}, { maxStalenessMs: 60_000 }),
        prepare: () => graph.prepare(ALL),
        mutate: () => graph.mutate(ADD, { slug: "m" }),
        "mutate elsewhere": () => graph.mutate(ADD, { slug: "m2" }, { branch: "draft" }),
        load: () => graph.load([line("l")], { mode: "merge" }),
        "load a branch": () => graph.load([line("l2")], { mode: "merge", branch: "fresh", from: "main" }),
        create: () => graph.branches.create("made"),
        list: () => graph.branches.list(),
        merge: () => graph.branches.merge("draft"),
        preview: () => graph.branches.previewMerge("draft"),
        diff: () => graph.branches.diff("main", "draft"),
        "diff's changes": () => diff.changes().next(),
        poll: () => graph.changes.poll({ start: "beginning" }),
        baseline: () => graph.changes.baseline().next(),
        export: () => graph.export().next(),
        history: () => graph.history("node", "Item", "a"),
        snapshot: () => graph.snapshot(),
        repair: () => graph.maintenance.repair({ confirm: true }),
        fsck: () => graph.maintenance.fsck(),
        optimize: () => graph.maintenance.optimize(),
        cleanup: () => graph.maintenance.cleanup({ keep: 1 }),
        "list of recoveries": () => graph.recovery.list(),
        settle: () => graph.recovery.settle(),
        backup: () => graph.maintenance.backup(`memory://closing-backup-${Math.random()}`),
        "export of tables": () =>
          graph.tables.export(join(folder, `tables${Math.random()}`), { format: "parquet" }),
        operation: () => graph.maintenance.operation("nightly"),
        schema: () => graph.schema.show(),
        catalog: () => graph.schema.catalog(),
        "diff of schemas": () => graph.schema.diff("main", "draft"),
        apply: () => graph.schema.apply(SCHEMA),
        plan: () => graph.schema.plan("node Item { slug: String @key }"),
        commits: () => graph.commits.list(),
        page: () => graph.commits.page(),
        show: () => graph.commits.show(id),
        changes: () => graph.commits.changes(id),
        "preview of a revert": () => graph.commits.previewRevert(id),
        revert: () => graph.commits.revert(id),
      };
      const before = Object.entries(calls).map(([name, call]) => ({ name, answer: call() }));
      const closing = graph.close();
      const after = Object.entries(calls).map(([name, call]) => ({ name, answer: call() }));
      const refused = await Promise.allSettled(after.map(({ answer }) => answer));
      for (const [i, outcome] of refused.entries())
        expect(outcome, after[i]?.name).toMatchObject({ status: "rejected", reason: closed });
      const ended = await Promise.allSettled(before.map(({ answer }) => answer));
      for (const [i, outcome] of ended.entries())
        expect(outcome, before[i]?.name).toMatchObject({ status: "fulfilled" });
      await closing;
      await staysAsItIs(uri);
    });

    it("closing waits for a load whose input is still read, and the load is there", async () => {
      const { uri, graph } = await opened();
      const { input, letGo } = held(line("late"));
      const load = graph.load(input, { mode: "append" });
      const closing = graph.close();
      expect(await isSettled(closing)).toBe(false);
      letGo();
      const { commit } = await load;
      await closing;
      await using again = await Omnigraph.open(uri);
      expect((await again.commits.list({ limit: 1 }))[0]?.id).toBe(commit.id);
      await staysAsItIs(uri);
    });

    it("closing stops calls in progress on request, and a load that hangs leaves nothing behind", async () => {
      const { uri, graph } = await opened();
      const before = await state(uri);
      const hung = (options: object): Promise<unknown> =>
        graph.load(held("").input, { mode: "append", ...options });
      const bounds = [{}, { deadlineMs: 60_000 }, { signal: new AbortController().signal }];
      const loads = Promise.allSettled([...bounds, { branch: "fresh", from: "main" }].map(hung));
      await sleep(20);
      const closing = graph.close();
      expect(await isSettled(closing)).toBe(false);
      await Promise.all([graph.close({ abort: true }), closing, graph.close()]);
      for (const outcome of await loads)
        expect(outcome).toMatchObject({ status: "rejected", reason: aborted });
      expect(await state(uri)).toEqual(before);
      await staysAsItIs(uri);
    });

    it("a handle stopped amid writes acknowledges what it wrote, and writes nothing that it did not acknowledge", async () => {
      const { uri, graph } = await opened();
      const writes = Array.from({ length: 40 }, (_, i) => graph.mutate(ADD, { slug: `w${i}` }));
      const settled = Promise.allSettled(writes);
      await writes[0];
      await graph.close({ abort: true });
      const outcomes = await settled;
      const acknowledged = outcomes.flatMap((outcome) => {
        if (outcome.status === "fulfilled") return outcome.value.commit?.id ?? [];
        expect(outcome.reason).toMatchObject({ reason: "aborted" });
        return [];
      });
      await using again = await Omnigraph.open(uri);
      const there = (await again.commits.list({ limit: acknowledged.length })).map(({ id }) => id);
      expect(there.toSorted()).toEqual(acknowledged.toSorted());
      await staysAsItIs(uri);
    });
  });

  it("a closed handle gives the requested piece of an export or baseline, and refuses the next", async () => {
    const uri = await made();
    const graph = await Omnigraph.open(uri);
    const pieces = [
      graph.export(),
      graph.changes.baseline(),
      (await graph.branches.diff("main", "draft")).changes(),
    ];
    const [first, , third] = pieces;
    expect((await third?.next())?.done).toBe(false);
    expect((await first?.next())?.done).toBe(false);
    const asked = first?.next();
    await graph.close();
    expect(await asked).toBeDefined();
    for (const each of pieces) {
      await expect(each.next()).rejects.toMatchObject(closed);
      await expect(each.next()).rejects.toMatchObject(closed);
      await expect(each.return(undefined as never)).resolves.toMatchObject({ done: true });
    }
  });

  it("closing a handle does not affect other handles on the graph, or one that is being opened", async () => {
    const uri = await made();
    const first = await Omnigraph.open(uri);
    const second = Omnigraph.open(uri);
    const write = first.mutate(ADD, { slug: "first" });
    await first.close();
    await write;
    await using graph = await second;
    await graph.mutate(ADD, { slug: "second" });
    expect((await graph.query(ALL)).rows.map((row) => row["i.slug"])).toEqual(["a", "b", "first", "second"]);
  });
});
