import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { openBackend } from "@omnigraph/storage";
import { MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { beforeAll, describe, expect, it } from "vitest";
import { answersOf, branchesOf, rowsOf, unpackFolder } from "../../support/graphs/recorded-graph.mjs";
import { testFolder } from "../../support/running/folders.ts";
import { backends } from "../../support/stores/backends.ts";

const folder = testFolder("backup");
const WHOLE = fileURLToPath(new URL("../../golden/graphs/0.1.0/whole.graph", import.meta.url));
/** A graph with everything that a graph can hold. */
const whole = join(folder, "whole.omni");

beforeAll(() => unpackFolder(readFileSync(WHOLE), whole));

const SCHEMA = "node Item { slug: String @key  n: I32? }\nedge Link: Item -> Item";
const item = (slug: string, n = 0): object => ({ type: "Item", data: { slug, n } });
const items = (prefix: string, count: number): object[] =>
  Array.from({ length: count }, (_, i) => item(`${prefix}${i}`, i));

/** What the branches of a graph answer, by a fresh handle. */
async function branchesAt(uri: string): Promise<Record<string, unknown>> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  return await branchesOf(graph);
}

/** All that a graph answers, by a fresh handle. */
async function answersAt(uri: string): Promise<Record<string, unknown>> {
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  return await answersOf(graph);
}

async function keysAt(uri: string, prefix = ""): Promise<readonly string[]> {
  const { objects } = await openBackend(uri, systemEnvironment, { s3: { variables: process.env } });
  const listed = await objects.list(prefix);
  await objects.close();
  return listed.map(({ key }) => key);
}

const TO = backends("backup-to");

describe.each(
  backends("backup-from").map(
    ([name, next], i) => [name, TO[(i + 1) % 3]?.[0], next, TO[(i + 1) % 3]?.[1] ?? next] as const,
  ),
)("a graph in %s, copied to %s", (_from, _to, nextFrom, nextTo) => {
  it("a copy has all branches, rows and commits, and comes back by a restore as a graph like any", async () => {
    const uri = nextFrom();
    await Omnigraph.restore(whole, uri);
    const expected = await branchesAt(whole);
    const [to, back] = [nextTo(), nextFrom()];
    {
      await using graph = await Omnigraph.open(uri);
      const answer = await graph.maintenance.backup(to, { verify: true });
      expect(answer).toMatchObject({ uri: to, verified: true, objectsKept: 0 });
      expect(answer.branches.map(({ name, head }) => [name, head.id])).toEqual(
        (await graph.branches.list()).map(({ name, head }) => [name, head]),
      );
      expect(await keysAt(uri, "__manifest/pins/")).toEqual([]);
    }
    await Omnigraph.restore(to, back);
    expect(await branchesAt(back)).toEqual(expected);
    await using restored = await Omnigraph.open(back);
    await restored.mutate('query q() { insert Person { name: "later" } }');
    await restored.branches.merge("staged", { deleteBranch: true });
    await restored.maintenance.optimize({ full: true });
    const rows = await rowsOf(restored, {});
    await using again = await Omnigraph.open(back);
    expect(await rowsOf(again, {})).toEqual(rows);
  });

  it("a second copy into the same place copies what is new and nothing else", async () => {
    const [uri, to] = [nextFrom(), nextTo()];
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 5 });
    await graph.load(items("a", 10), { mode: "append" });
    await graph.branches.create("draft");
    await graph.branches.create("old");
    await graph.maintenance.backup(to);
    const before = new Set(await keysAt(to));
    await graph.load(items("b", 10), { mode: "append", branch: "draft" });
    await graph.mutate('query q() { insert Item { slug: "small" } }');
    await graph.branches.merge("draft");
    await graph.branches.create("new", { from: "draft" });
    await graph.branches.delete("old");
    const { objectsCopied, objectsKept } = await graph.maintenance.backup(to);
    const added = (await keysAt(to)).filter((key) => !before.has(key));
    expect(added).toHaveLength(objectsCopied);
    expect(added.filter((key) => key.includes("__manifest/log/"))).toHaveLength(3);
    expect(objectsKept).toBeLessThan(before.size);
    expect(await branchesAt(to)).toEqual(await branchesAt(uri));
    expect(await graph.maintenance.backup(to)).toMatchObject({ objectsCopied: 0 });
    expect(await graph.maintenance.backup(to, { verify: true })).toMatchObject({
      objectsCopied: 0,
      verified: true,
    });
  });

  it("a copy of some branches has them with all that they stand on, and main as far as they stand on it", async () => {
    const [uri, to] = [nextFrom(), nextFrom()];
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.load(items("a", 3), { mode: "append" });
    await graph.branches.create("draft");
    await graph.mutate('query q() { insert Item { slug: "draft" } }', {}, { branch: "draft" });
    await graph.mutate('query q() { insert Item { slug: "main" } }');
    await graph.branches.create("other");
    const answer = await graph.maintenance.backup(to, { branches: ["draft"] });
    expect(answer.branches.map(({ name }) => name)).toEqual(["draft"]);
    {
      await using copy = await Omnigraph.open(to);
      expect((await copy.branches.list()).map(({ name }) => name)).toEqual(["draft", "main"]);
      expect(await rowsOf(copy, { branch: "draft" })).toEqual(await rowsOf(graph, { branch: "draft" }));
      expect(await rowsOf(copy, {})).toHaveLength(3);
    }
    await graph.maintenance.backup(to);
    expect(await branchesAt(to)).toEqual(await branchesAt(uri));
    await expect(graph.maintenance.backup(nextFrom(), { branches: ["none"] })).rejects.toMatchObject({
      reason: "branch_not_found",
    });
  });

  it("a branch that begins anew in the past of an earlier one of its name is told at its own head", async () => {
    const [uri, to] = [nextFrom(), nextTo()];
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.branches.create("draft");
    for (const slug of ["a", "b"]) await graph.load([item(slug)], { mode: "append", branch: "draft" });
    await graph.branches.create("other", { from: "draft" });
    const [, first] = await graph.commits.list({ branch: "draft" });
    await graph.branches.delete("draft");
    await graph.branches.create("draft", { from: first?.id ?? "" });
    const { branches } = await graph.maintenance.backup(to);
    expect(branches.map(({ name, head }) => [name, head.id])).toEqual(
      (await graph.branches.list()).map(({ name, head }) => [name, head]),
    );
  });

  it("where an earlier branch of a name began is copied with its record, though nothing stands on it", async () => {
    const [uri, to] = [nextFrom(), nextTo()];
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.branches.create("other");
    for (const slug of ["a", "b"]) await graph.load([item(slug)], { mode: "append", branch: "other" });
    const [, first] = await graph.commits.list({ branch: "other" });
    await graph.branches.create("kept", { from: first?.id ?? "" });
    await graph.branches.create("draft", { from: "other" });
    for (const name of ["draft", "other"]) await graph.branches.delete(name);
    await graph.maintenance.backup(to);
    await using copy = await Omnigraph.open(to);
    const { findings } = await copy.maintenance.fsck();
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
    expect(await branchesAt(to)).toEqual(await branchesAt(uri));
  });

  it("nothing else is replaced: another graph, the graph itself, a copy that was written or damaged", async () => {
    const uri = nextFrom();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.load(items("a", 3), { mode: "append" });
    const refused = (to: string, verify = false): Promise<unknown> =>
      graph.maintenance.backup(to, { verify }).then(
        () => "done",
        (thrown: { reason: unknown }) => thrown.reason,
      );
    const other = nextFrom();
    await (await Omnigraph.init(other, { schema: SCHEMA })).close();
    expect(await refused(other)).toBe("backup_differs");
    expect(await refused(uri)).toBe("backup_differs");
    const written = nextFrom();
    await graph.maintenance.backup(written);
    {
      await using copy = await Omnigraph.open(written);
      await copy.mutate('query q() { insert Item { slug: "only here" } }');
    }
    expect(await refused(written)).toBe("backup_differs");
    await graph.mutate('query q() { insert Item { slug: "only there" } }');
    expect(await refused(written)).toBe("backup_differs");
    const damaged = nextFrom();
    await graph.maintenance.backup(damaged);
    const { objects } = await openBackend(damaged, systemEnvironment, { s3: { variables: process.env } });
    const [schema] = await objects.list("__manifest/schemas/");
    const bytes = (await objects.get(schema?.key ?? "")) ?? new Uint8Array();
    await objects.put(
      schema?.key ?? "",
      bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
    );
    await objects.close();
    expect(await refused(damaged)).toBe("done");
    expect(await refused(damaged, true)).toBe("backup_differs");
    await expect(Omnigraph.restore(uri, written)).rejects.toMatchObject({ reason: "graph_exists" });
  });
});

describe("folders", () => {
  it("what is no copy is left alone, and a folder of others is refused", async () => {
    const to = join(folder, "photos");
    cpSync(join(whole, "tables"), join(to, "My Photos"), { recursive: true });
    await using graph = await Omnigraph.open(whole, { readOnly: true });
    await expect(graph.maintenance.backup(to)).rejects.toMatchObject({ reason: "folder_not_empty" });
    expect(readdirSync(to)).toEqual(["My Photos"]);
  });

  it("a copy that was not finished is no graph, says so, and is completed by the next call", async () => {
    const to = join(folder, "unfinished.omni");
    await using graph = await Omnigraph.open(whole, { readOnly: true });
    let objects = 0;
    const stop = graph.maintenance.backup(to, {
      onProgress: (progress) => {
        objects = progress.objects;
        if (progress.objects === 40) throw new Error("that is enough");
      },
    });
    await expect(stop).rejects.toMatchObject({ reason: "caller_failed" });
    await expect(Omnigraph.open(to)).rejects.toMatchObject({
      reason: "graph_not_found",
      message: expect.stringContaining("was not finished, repeat it"),
    });
    const { objectsCopied, objectsKept } = await graph.maintenance.backup(to);
    expect(objectsKept).toBeGreaterThanOrEqual(objects);
    expect(objectsCopied).toBeGreaterThan(0);
    expect(await answersAt(to)).toEqual(await answersAt(whole));
  });

  it("a table that is incomplete in the graph, or of another size in the copy, is an error with its place", async () => {
    const source = join(folder, "lacking.omni");
    cpSync(whole, source, { recursive: true });
    const to = join(folder, "lacking-copy.omni");
    await using graph = await Omnigraph.open(source, { readOnly: true });
    await graph.maintenance.backup(to);
    const tables = readdirSync(join(source, "tables"), { recursive: true, encoding: "utf8" });
    const gone = tables.find((name) => name.endsWith(".gone")) ?? "";
    appendFileSync(join(to, "tables", gone), "x");
    await expect(graph.maintenance.backup(to, { verify: true })).rejects.toMatchObject({
      reason: "backup_differs",
      details: { place: expect.stringContaining(gone) },
    });
    rmSync(join(source, "tables", gone));
    await expect(graph.maintenance.backup(join(folder, "never.omni"))).rejects.toMatchObject({
      reason: "table_version_missing",
      message: expect.stringContaining(gone),
    });
    expect(existsSync(join(folder, "never.omni/__manifest/format.json"))).toBe(false);
  });

  it("tables that were copied from memory into a folder are read without their column files too, and become tables by optimize", async () => {
    const uri = "memory://backup-rows";
    const to = join(folder, "from-memory.omni");
    {
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 2 });
      await graph.load(items("a", 5), { mode: "append" });
      await graph.load(items("b", 5), { mode: "append" });
      await graph.maintenance.backup(to);
    }
    for (const name of readdirSync(join(to, "tables"), { recursive: true, encoding: "utf8" }))
      if (name.endsWith(".cols")) writeFileSync(join(to, "tables", name), "");
    await using copy = await Omnigraph.open(to);
    const rows = await rowsOf(copy, {});
    expect(rows).toHaveLength(10);
    expect(await copy.history("node", "Item", "a1")).toHaveLength(1);
    await copy.maintenance.optimize({ full: true });
    await using again = await Omnigraph.open(to);
    expect(await rowsOf(again, {})).toEqual(rows);
  });

  it("what cleanup has reclaimed is reclaimed in the copy too, and a copy from before it is carried on", async () => {
    const objects = new MemoryObjects("backup-cleaned");
    const parts = { objects, tables: new ObjectLayers(objects) };
    await using graph = await Omnigraph.initWith(parts, { schema: SCHEMA, inlineRows: 3 });
    for (const round of ["a", "b"]) await graph.load(items(round, 5), { mode: "append" });
    for (let n = 0; n < 5; n++)
      await graph.mutate(`query q() { update Item set { n: ${n} } where slug = "a1" }`);
    const [early, late] = [join(folder, "early.omni"), join(folder, "late.omni")];
    const reclaimed = (await graph.commits.list())[4]?.id ?? "";
    await graph.maintenance.backup(early);
    await graph.maintenance.optimize({ full: true });
    const log = await GraphLog.open(objects, systemEnvironment, { readOnly: false });
    const now = { graceMs: 0, actor: null };
    await log.cleaner().condemn({ keep: 1, since: null }, now);
    expect((await log.cleaner().finish(now)).slots).toBeGreaterThan(3);
    await log.close();
    for (const to of [late, early]) {
      await graph.maintenance.backup(to);
      await graph.maintenance.backup(to, { verify: true });
      await using copy = await Omnigraph.open(to);
      expect(await branchesOf(copy)).toEqual(await branchesOf(graph));
      const { objects: copied } = await openBackend(to, systemEnvironment);
      const copiedLog = await GraphLog.open(copied, systemEnvironment, { readOnly: true });
      const condemned = await copiedLog.commit(reclaimed);
      await expect(copiedLog.starts.check(condemned)).rejects.toMatchObject({ reason: "history_reclaimed" });
      await copied.close();
      await copy.mutate('query q() { insert Item { slug: "more" } }');
    }
  });
});
