import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Omnigraph, OmnigraphError } from "omnigraph";
import { describe, expect, it } from "vitest";
import { ended } from "../support/cli/cli.ts";
import { testFolder, treeOf } from "../support/running/folders.ts";

const folder = testFolder("writes");
const SCHEMA = "node Item { slug: String @key  owner: String?  number: I64 }\nnode Mark { text: String }";
const ADD = "query add($slug: String, $number: I64) { insert Item { slug: $slug, number: $number } }";
const SET =
  "query put($slug: String, $number: I64) { update Item set { number: $number } where slug = $slug }";
const COUNT = "query q() { match { $i: Item } return { count($i) as n } }";
const ONE = "query q($slug: String) { match { $i: Item { slug: $slug } } return { $i.number as n } }";

let made = 0;
async function fresh(options: { inlineRows?: number } = {}): Promise<{ uri: string; graph: Omnigraph }> {
  const uri = join(folder, `g${made++}.omni`);
  return { uri, graph: await Omnigraph.init(uri, { schema: SCHEMA, ...options }) };
}

/** Runs a call that must be refused, and holds it to have changed nothing on disk. */
async function refused(uri: string, call: () => Promise<unknown>): Promise<OmnigraphError> {
  const before = filesOf(uri);
  const error = await failureOf(call);
  expect(filesOf(uri)).toEqual(before);
  return error;
}

async function failureOf(call: () => Promise<unknown>): Promise<OmnigraphError> {
  const error: unknown = await call().then(
    () => expect.fail("it was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(OmnigraphError);
  return error as OmnigraphError;
}

/** The files of a graph with their contents, without the store's own. */
function filesOf(uri: string): readonly (readonly [string, string])[] {
  return Object.entries(treeOf(uri)).filter(([path]) => !path.endsWith("/") && !path.startsWith(".tmp/"));
}

const slots = (uri: string): number =>
  readdirSync(join(uri, "__manifest/log"), { recursive: true }).filter((name) =>
    String(name).endsWith(".commit"),
  ).length;

describe("conditions", () => {
  it("a condition holds a mutation to the commit that its caller saw", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    const first = await graph.mutate(ADD, { slug: "a", number: 1 });
    const second = await graph.mutate(SET, { slug: "a", number: 2 }, { ifCommit: first.commit?.id ?? "" });
    const error = await refused(uri, () =>
      graph.mutate(SET, { slug: "a", number: 3 }, { ifCommit: first.commit?.id ?? "" }),
    );
    expect(error).toMatchObject({ reason: "precondition_failed", entry: { exit: 4, code: "conflict" } });
    expect(error.message).toContain(second.commit?.id);
    await using other = await Omnigraph.open(uri);
    const third = await other.mutate(SET, { slug: "a", number: 4 }, { ifCommit: second.commit?.id ?? "" });
    await refused(uri, () =>
      graph.mutate(ADD, { slug: "b", number: 1 }, { ifCommit: second.commit?.id ?? "" }),
    );
    expect(third.commit?.parent).toBe(second.commit?.id);
  });

  it("an op is written once: repeating it answers its commit, and other content is refused", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    const first = await graph.mutate(ADD, { slug: "a", number: 1 }, { op: "import 1" });
    await graph.mutate(SET, { slug: "a", number: 5 });
    await using other = await Omnigraph.open(uri);
    const again = await other.mutate(ADD, { slug: "a", number: 1 }, { op: "import 1" });
    expect(again.commit).toEqual(first.commit);
    expect((await other.query(ONE, { slug: "a" })).rows).toEqual([{ n: 5 }]);
    const error = await refused(uri, () => other.mutate(ADD, { slug: "a", number: 2 }, { op: "import 1" }));
    expect(error.reason).toBe("op_reused");
    const line = '{"type":"Item","data":{"slug":"l","number":1}}';
    const load = await graph.load(line, { mode: "append", op: "import 2" });
    const repeated = await other.load(line, { mode: "append", op: "import 2" });
    expect(repeated.commit).toEqual(load.commit);
    expect((await refused(uri, () => other.load(line, { mode: "merge", op: "import 2" }))).reason).toBe(
      "op_reused",
    );
    const parallel = await Promise.all(
      Array.from({ length: 8 }, () => graph.mutate(ADD, { slug: "p", number: 1 }, { op: "import 3" })),
    );
    expect(new Set(parallel.map(({ commit }) => commit?.id)).size).toBe(1);
  });

  it("of two conflicting loads the later is refused or evaluated again, never half", async () => {
    const { uri, graph } = await fresh({ inlineRows: 10 });
    await using _graph = graph;
    await using other = await Omnigraph.open(uri, { inlineRows: 10 });
    const lines = (from: number): string =>
      Array.from(
        { length: 50 },
        (_, i) => `{"type":"Item","data":{"slug":"s${from + i}","number":${from}}}`,
      ).join("\n");
    const outcomes = await Promise.allSettled([
      graph.load(lines(0), { mode: "append" }),
      other.load(lines(25), { mode: "append" }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason.reason).toMatch(/^(key_conflict|read_set_conflict|load_invalid)$/);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 50 }]);
    // The tables of the refused one are gone, and nothing announces them.
    expect(readdirSync(join(uri, "tables"))).toHaveLength(1);
    expect(readdirSync(join(uri, "__recovery"))).toEqual([]);
  });
});

describe("writers side by side", () => {
  it("writers share puts within a handle, each with a commit of its own", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    const before = slots(uri);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => graph.mutate(ADD, { slug: `s${i}`, number: i })),
    );
    const ids = new Set(answers.map(({ commit }) => commit?.id));
    expect(ids.size).toBe(100);
    expect(slots(uri) - before).toBeLessThan(30);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 100 }]);
    const list = await graph.commits.list();
    expect(list).toHaveLength(101);
    expect(list.map(({ depth }) => depth)).toEqual(Array.from({ length: 101 }, (_, i) => 101 - i));
    await using again = await Omnigraph.open(uri);
    expect((await again.query(COUNT)).rows).toEqual([{ n: 100 }]);
    const [, middle] = answers;
    expect(await again.commits.show(middle?.commit?.id ?? "")).toEqual(middle?.commit);
    // In a batch a failure is one member's alone.
    const mixed = await Promise.allSettled([
      graph.mutate(ADD, { slug: "m1", number: 1 }),
      graph.mutate('query q($n: I64) { insert Item { slug: "m2", number: $n } }', { n: "x" }),
      graph.mutate(ADD, { slug: "m3", number: 1 }),
    ]);
    expect(mixed.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("two handles write in turn and see each other", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    await using other = await Omnigraph.open(uri);
    for (let i = 0; i < 10; i++) {
      const [writer, reader] = i % 2 === 0 ? [graph, other] : [other, graph];
      await writer.mutate(ADD, { slug: "x", number: i });
      expect((await reader.query(ONE, { slug: "x" })).rows).toEqual([{ n: i }]);
    }
    const parent = (await graph.commits.list()).map(({ parent: p }) => p);
    expect(new Set(parent).size).toBe(parent.length);
  });

  it("four processes lose no update of one counter and no insert", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    await graph.mutate(ADD, { slug: "counter", number: 0 });
    const script = fileURLToPath(new URL("counting.mjs", import.meta.url));
    const [writers, turns] = [4, 15];
    const ends = await Promise.all(
      Array.from({ length: writers }, (_, i) =>
        ended(spawn(process.execPath, [script, uri, `w${i}`, `${turns}`], { stdio: "pipe" })),
      ),
    );
    for (const { status, err } of ends) expect([status, err]).toEqual([0, ""]);
    expect((await graph.query(ONE, { slug: "counter" })).rows).toEqual([{ n: writers * turns }]);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: writers * turns + 1 }]);
    expect(await graph.commits.list()).toHaveLength(2 + 2 * writers * turns);
  });
});

describe("bounds of a call", () => {
  it("an aborted write changes nothing, and says so", async () => {
    const { uri, graph } = await fresh({ inlineRows: 10 });
    await using _graph = graph;
    const stopped = AbortSignal.abort(new Error("enough"));
    for (const call of [
      () => graph.mutate(ADD, { slug: "a", number: 1 }, { signal: stopped }),
      () => graph.load('{"type":"Item","data":{"slug":"a","number":1}}', { mode: "append", signal: stopped }),
      () => graph.query(COUNT, {}, { signal: stopped }),
      () => graph.snapshot({ signal: stopped }),
      () => graph.commits.list({ signal: stopped }),
      async () => {
        for await (const piece of graph.export({ signal: stopped })) expect.fail(`${piece.length} bytes`);
      },
    ])
      expect((await refused(uri, call)).reason).toBe("aborted");
  });

  it("a load whose source never answers ends at its deadline", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    async function* never(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"type":"Item","data":{"slug":"a","number":1}}\n');
      await new Promise(() => undefined);
    }
    const error = await refused(uri, () => graph.load(never(), { mode: "append", deadlineMs: 100 }));
    expect(error).toMatchObject({ reason: "deadline_exceeded", details: { deadline_ms: 100 } });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const options = { mode: "append", signal: controller.signal } as const;
    expect((await refused(uri, () => graph.load(never(), options))).reason).toBe("aborted");
  });

  it("a staged load that is stopped midway leaves no table and no intent, at most a commit that gives it up", async () => {
    const { uri, graph } = await fresh({ inlineRows: 100 });
    await using _graph = graph;
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `{"type":"Item","data":{"slug":"s${i}","number":${i}}}`,
    );
    const apartFromTheLog = (): unknown =>
      filesOf(uri).filter(([path]) => !path.startsWith("__manifest/log/"));
    const before = apartFromTheLog();
    const first = (await graph.commits.list()).length;
    const controller = new AbortController();
    const error = await failureOf(() =>
      graph.load(lines.join("\n"), {
        mode: "append",
        signal: controller.signal,
        onProgress: ({ phase }) => {
          // The rows are checked: from here on tables are staged.
          if (phase === "write") setTimeout(() => controller.abort(), 5);
        },
      }),
    );
    expect(error.reason).toBe("aborted");
    expect(apartFromTheLog()).toEqual(before);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 0 }]);
    // Once all is staged, another process may be about to publish it: then a commit says that nobody does.
    const commits = await graph.commits.list();
    const since = commits.slice(0, commits.length - first);
    expect(since.filter(({ kind }) => kind !== "recovery")).toEqual([]);
    expect(since.length).toBeLessThanOrEqual(1);
  });

  it("a query has a deadline and can be stopped while it runs", async () => {
    const { graph } = await fresh();
    await using _graph = graph;
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `{"type":"Item","data":{"slug":"s${i}","number":${i}}}`,
    );
    await graph.load(lines.join("\n"), { mode: "append" });
    const cross =
      "query q() { match { $a: Item $b: Item $c: Item $a.number < $b.number $b.number < $c.number } return { count($a) as n } }";
    const began = performance.now();
    await expect(graph.query(cross, {}, { deadlineMs: 100 })).rejects.toMatchObject({
      reason: "deadline_exceeded",
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(graph.query(cross, {}, { signal: controller.signal })).rejects.toMatchObject({
      reason: "aborted",
    });
    expect(performance.now() - began).toBeLessThan(60_000);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 3000 }]);
  });

  it("answers are the same under a tiny budget of memory", async () => {
    const { uri, graph } = await fresh({ inlineRows: 100 });
    await using _graph = graph;
    const lines = Array.from(
      { length: 500 },
      (_, i) => `{"type":"Item","data":{"slug":"s${i}","number":${i % 7}}}`,
    );
    await graph.load(lines.join("\n"), { mode: "append" });
    await graph.mutate(SET, { slug: "s3", number: 99 });
    const group =
      "query q() { match { $i: Item } return { $i.number as n, count($i) as c } order { $i.number } }";
    process.env["OMNIGRAPH_MEMORY"] = "1";
    try {
      await using tiny = await Omnigraph.open(uri);
      for (const source of [group, COUNT]) {
        const expected = (await graph.query(source)).rows;
        expect((await tiny.query(source)).rows).toEqual(expected);
        expect((await tiny.query(source)).rows).toEqual(expected);
      }
      process.env["OMNIGRAPH_MEMORY"] = "much";
      await expect(Omnigraph.open(uri)).rejects.toMatchObject({ reason: "usage" });
    } finally {
      delete process.env["OMNIGRAPH_MEMORY"];
    }
  });
});

describe("a handle", () => {
  it("a handle answers within its staleness bound without asking the store, and reads its own writes", async () => {
    const { uri, graph } = await fresh();
    await using _graph = graph;
    await using other = await Omnigraph.open(uri);
    const at = { maxStalenessMs: 60_000 };
    expect((await graph.query(COUNT, {}, at)).rows).toEqual([{ n: 0 }]);
    await other.mutate(ADD, { slug: "theirs", number: 1 });
    expect((await graph.query(COUNT, {}, at)).rows).toEqual([{ n: 0 }]);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 1 }]);
    await graph.mutate(ADD, { slug: "mine", number: 1 });
    expect((await graph.query(COUNT, {}, at)).rows).toEqual([{ n: 2 }]);
  });

  it("a closed handle refuses every call, and may be closed twice", async () => {
    const { graph } = await fresh();
    const prepared = await graph.prepare(COUNT);
    await Promise.all([graph.close(), graph.close()]);
    for (const call of [
      () => graph.query(COUNT),
      () => prepared.run(),
      () => prepared.run({}, { maxStalenessMs: 60_000 }),
      () => graph.mutate(ADD, { slug: "a", number: 1 }),
      () => graph.load("", { mode: "append" }),
      () => graph.snapshot(),
      () => graph.commits.list(),
      () => graph.schema.show(),
      () => graph.prepare(COUNT),
      () => graph.export().next(),
    ])
      await expect(call(), String(call)).rejects.toMatchObject({ reason: "closed" });
  });

  it("closing a handle waits for its writes, and then it keeps no process alive", async () => {
    const uri = join(folder, "exits.omni");
    mkdirSync(folder, { recursive: true });
    const script = fileURLToPath(new URL("closing.mjs", import.meta.url));
    const ran = await ended(spawn(process.execPath, [script, uri], { stdio: "pipe", timeout: 120_000 }));
    expect(ran).toEqual({ status: 0, err: "", out: "closed\n" });
    await using graph = await Omnigraph.open(uri);
    expect((await graph.query(COUNT)).rows).toEqual([{ n: 35 }]);
  });
});
