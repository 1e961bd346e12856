import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder, treeOf } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

// A handle is open, and its address comes to lead to another graph, an older copy, or nothing.

const folder = testFolder("replaced");
const bucket = s3Bucket();
const SCHEMA = "node Item { slug: String @key  n: I64 }";
const ADD = "query add($s: String) { insert Item { slug: $s, n: 1 } }";
const COUNT = "query count() { match { $i: Item } return { count($i) as n } }";
const line = (slug: string): string => `{"type":"Item","data":{"slug":"${slug}","n":1}}`;
const replaced = { reason: "graph_replaced" };

type Objects = ReadonlyMap<string, Uint8Array>;

async function everything(store: ObjectStore): Promise<Objects> {
  const found = new Map<string, Uint8Array>();
  for (const { key } of await store.list("")) found.set(key, (await store.get(key)) ?? new Uint8Array());
  return found;
}

async function fill(store: ObjectStore, objects: Objects): Promise<void> {
  for (const [key, bytes] of objects) await store.put(key, bytes);
}

async function clear(uri: string): Promise<void> {
  if (uri.startsWith("/")) return rm(uri, { recursive: true });
  const { objects: store } = await openBackend(uri, systemEnvironment);
  await store.deletePrefix("");
  await store.close();
}

/** What is at an address, by key. */
async function look(uri: string): Promise<Readonly<Record<string, string>>> {
  if (uri.startsWith("/")) return treeOf(uri);
  const { objects: store } = await openBackend(uri, systemEnvironment);
  const found = await everything(store);
  await store.close();
  return Object.fromEntries([...found].map(([key, bytes]) => [key, Buffer.from(bytes).toString("hex")]));
}

const BACKENDS: readonly (readonly [string, () => string])[] = [
  ["a local folder", () => join(folder, "graph.omni")],
  ["memory", () => "memory://replaced"],
  ["S3", () => `s3://${bucket()}/replaced/graph.omni`],
];

describe.each(BACKENDS)("in %s", (_name, uriOf) => {
  let number = 0;
  /** A graph with some commits, open, and one more branch; and what befalls it. */
  const begin = async (commits: number): Promise<{ uri: string; graph: Omnigraph }> => {
    const uri = `${uriOf()}.${number++}`;
    const graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 2 });
    await graph.branches.create("draft");
    for (let i = 0; i < commits; i++) await graph.mutate(ADD, { s: `old${i}` });
    return { uri, graph };
  };
  const another = async (uri: string, commits: number): Promise<void> => {
    await clear(uri);
    const made = await Omnigraph.init(uri, { schema: SCHEMA });
    for (let i = 0; i < commits; i++) await made.mutate(ADD, { s: `new${i}` });
    await made.close();
  };
  /** Every call that writes or confirms a head is refused, and leaves what is there as it is. */
  const expectRefusals = async (uri: string, graph: Omnigraph): Promise<void> => {
    const before = await look(uri).catch(() => null);
    const staged = [line("x"), line("y"), line("z"), line("w")].join("\n");
    for (const call of [
      () => graph.mutate(ADD, { s: "x" }),
      () => graph.mutate(ADD, { s: "x" }, { branch: "draft" }),
      () => graph.load(line("x"), { mode: "append" }),
      () => graph.load(staged, { mode: "append" }),
      () => graph.branches.create("more"),
      () => graph.branches.delete("draft"),
      () => graph.query(COUNT),
      () => graph.query(COUNT, {}, { branch: "draft" }),
      () => graph.branches.list(),
    ])
      await expect(call(), String(call)).rejects.toMatchObject(replaced);
    expect(await look(uri).catch(() => null)).toEqual(before);
  };

  it.each([0, 1, 2, 3, 7])(
    "another graph of %i commits gets no write from the handle of a graph of two",
    async (commits) => {
      const { uri, graph } = await begin(2);
      await another(uri, commits);
      await expectRefusals(uri, graph);
      await graph.close();
      await using fresh = await Omnigraph.open(uri);
      expect((await fresh.query(COUNT)).rows).toEqual([{ n: commits }]);
      await fresh.mutate(ADD, { s: "goes on" });
      expect((await fresh.branches.list()).map(({ name }) => name)).toEqual(["main"]);
    },
  );

  it("an older copy of the same graph gets no write either", async () => {
    const { uri, graph } = await begin(2);
    const { objects: store } = await openBackend(uri, systemEnvironment);
    const isLocal = uri.startsWith("/");
    const copy = isLocal ? null : await everything(store);
    if (isLocal) await cp(uri, `${uri}.copy`, { recursive: true });
    await graph.mutate(ADD, { s: "since" });
    await graph.mutate(ADD, { s: "since too" }, { branch: "draft" });
    await clear(uri);
    if (copy === null) await rename(`${uri}.copy`, uri);
    else await fill(store, copy);
    await store.close();
    await expectRefusals(uri, graph);
    await graph.close();
    await using fresh = await Omnigraph.open(uri);
    expect((await fresh.query(COUNT)).rows).toEqual([{ n: 2 }]);
    await fresh.mutate(ADD, { s: "goes on" });
  });

  it("a removed graph stays removed", async () => {
    const { uri, graph } = await begin(2);
    await clear(uri);
    await expectRefusals(uri, graph);
    await graph.close();
    await expect(Omnigraph.open(uri)).rejects.toMatchObject({ reason: "graph_not_found" });
  });

  it("a replaced graph is noticed by a reader that only confirms its head", async () => {
    const { uri, graph } = await begin(1);
    await using reader = await Omnigraph.open(uri, { readOnly: true });
    const prepared = await reader.prepare(COUNT);
    expect((await prepared.run()).rows).toEqual([{ n: 1 }]);
    await graph.close();
    await another(uri, 5);
    await expect(prepared.run()).rejects.toMatchObject(replaced);
  });
});
