import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { MAIN_LOG_ID, slotKey } from "@omnigraph/log";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { Omnigraph, type RepairAnswer } from "omnigraph";
import { beforeEach, describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = "node P { k: String @key }\n";
const ADD = "query q($k: String) { insert P { k: $k } }";
const ALL = "query q() { match { $p: P } return { $p.k as k } order { $p.k } }";
const FORMAT = "__manifest/format.json";

/** The id and time that `format.json` says, which never change, and its nonce. */
interface Said {
  readonly graph: string;
  readonly created_at: number;
  readonly nonce: string;
}

async function storeAt(uri: string): Promise<ObjectStore> {
  return (
    await openBackend(uri, systemEnvironment, { writable: true, s3: { variables: { ...process.env } } })
  ).objects;
}

async function said(store: ObjectStore): Promise<Said> {
  // Cast: the test reads what the library wrote.
  return JSON.parse(Buffer.from((await store.get(FORMAT)) ?? expect.fail("no format")).toString()) as Said;
}

function formatOf({ objects }: RepairAnswer): RepairAnswer["objects"][number] {
  return objects.find(({ place }) => place === FORMAT) ?? expect.fail("it is not told");
}

const DAMAGES: Readonly<Record<string, (store: ObjectStore) => Promise<void>>> = {
  missing: (store) => store.delete(FORMAT),
  empty: (store) => store.put(FORMAT, new Uint8Array(), "durable"),
  "of another graph": async (store) =>
    store.put(FORMAT, Buffer.from(JSON.stringify({ ...(await said(store)), graph: "x" })), "durable"),
};

describe.each(backends("repair-format"))("a graph in %s that lost its format.json", (_, next) => {
  let uri = "";
  let store: ObjectStore;
  let before: Said;

  beforeEach(async () => {
    uri = next();
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.mutate(ADD, { k: "a" });
    await graph.branches.create("draft");
    await graph.mutate(ADD, { k: "b" }, { branch: "draft" });
    store = await storeAt(uri);
    before = await said(store);
  });

  it.each(Object.keys(DAMAGES))("opens again once it is repaired, where the file is %s", async (damage) => {
    await DAMAGES[damage]?.(store);
    const failure = await Omnigraph.open(uri).then(
      () => expect.fail("it opens"),
      (cause: unknown) => cause,
    );
    expect(failure).toMatchObject({ reason: damage === "missing" ? "graph_not_found" : "object_corrupt" });
    expect(String(failure)).toContain("repair brings it back");

    const there = await store.get(FORMAT);
    const planned = await Omnigraph.repair(uri);
    expect(formatOf(planned)).toMatchObject({
      class: "format_damaged",
      action: "restore",
      source: "commits",
      isDone: false,
      advice: expect.stringMatching(/^repeat with confirm; the id and the time of the graph are certain/),
    });
    expect([planned.problem, await store.get(FORMAT)]).toEqual([expect.stringContaining(FORMAT), there]);

    const done = await Omnigraph.repair(uri, { confirm: true });
    expect(formatOf(done)).toMatchObject({ source: "commits", isDone: true, error: null });
    expect(done.problem).toBeNull();
    const now = await said(store);
    expect([now.graph, now.created_at]).toEqual([before.graph, before.created_at]);
    expect(now.nonce).not.toBe(before.nonce);
    await using graph = await Omnigraph.open(uri);
    await graph.mutate(ADD, { k: "c" });
    expect((await graph.query(ALL)).rows).toEqual([{ k: "a" }, { k: "c" }]);
    expect((await graph.query(ALL, {}, { branch: "draft" })).rows).toEqual([{ k: "a" }, { k: "b" }]);
    expect(await graph.maintenance.fsck()).toMatchObject({ isClean: true });
    expect((await Omnigraph.repair(uri, { confirm: true })).objects).toEqual([]);
  });

  it("gets it and all else from a copy of the same graph where the first commit is lost too, and from no other", async () => {
    const copy = next();
    await using graph = await Omnigraph.open(uri);
    await graph.maintenance.backup(copy);
    await graph.close();
    const stranger = next();
    await (await Omnigraph.init(stranger, { schema: SCHEMA })).close();
    const first = slotKey(MAIN_LOG_ID, 0);
    const [record] = (await store.list("__manifest/refs/")).map(({ key }) => key);
    for (const key of [first, record ?? ""]) await store.put(key, Buffer.from("damaged"), "durable");
    await store.delete(FORMAT);
    for (const from of [undefined, stranger]) {
      const { objects, problem } = await Omnigraph.repair(uri, {
        confirm: true,
        ...(from === undefined ? {} : { from }),
      });
      expect(objects.some(({ isDone }) => isDone)).toBe(false);
      expect(objects.map(({ class: found }) => found)).toContain("format_damaged");
      expect(problem).toContain(FORMAT);
      expect(await store.get(FORMAT)).toBeNull();
    }
    const { objects, problem } = await Omnigraph.repair(uri, { confirm: true, from: copy });
    expect([objects.map(({ place, isDone }) => [place, isDone]), problem]).toEqual([
      [
        [FORMAT, true],
        [record, true],
        [first, true],
      ],
      null,
    ]);
    const { graph: id, created_at } = await said(store);
    expect([id, created_at]).toEqual([before.graph, before.created_at]);
    expect(await Omnigraph.fsck(uri)).toMatchObject({ isClean: true });
  });

  it("gets it from the format.json of a copy whose first commit is damaged as well", async () => {
    const copy = next();
    const copied = await storeAt(copy);
    await copied.put(FORMAT, (await store.get(FORMAT)) ?? expect.fail("no format"), "durable");
    await store.delete(slotKey(MAIN_LOG_ID, 0));
    await store.delete(FORMAT);
    const answer = await Omnigraph.repair(uri, { confirm: true, from: copy });
    expect(formatOf(answer)).toMatchObject({ source: "backup", isDone: true });
    const { graph: id, created_at } = await said(store);
    expect([id, created_at]).toEqual([before.graph, before.created_at]);
    await (await Omnigraph.open(uri)).close();
  });

  it("is not taken for another one by a handle that has it open", async () => {
    await using graph = await Omnigraph.open(uri);
    const head = (await graph.snapshot()).commit.id;
    await store.delete(FORMAT);
    await Omnigraph.repair(uri, { confirm: true });
    // It goes on with the commits that it knows, or says that it has to be opened again.
    const wrote = await graph.mutate(ADD, { k: "d" }, { ifCommit: head }).then(
      () => true,
      (cause: unknown) => expect(cause).toMatchObject({ reason: "graph_replaced" }),
    );
    await using again = await Omnigraph.open(uri);
    expect((await again.query(ALL)).rows).toHaveLength(wrote === true ? 2 : 1);
    expect(await again.maintenance.fsck()).toMatchObject({ isClean: true });
  });
});

it("repair makes nothing where nothing of a graph is, and refuses force without confirm", async () => {
  const uri = join(testFolder("repair-nothing"), "absent.omni");
  await expect(Omnigraph.repair(uri, { confirm: true })).rejects.toMatchObject({ reason: "graph_not_found" });
  expect(existsSync(uri)).toBe(false);
  await expect(Omnigraph.repair(uri, { force: true })).rejects.toMatchObject({ reason: "usage" });
});
