import { systemEnvironment } from "@omnigraph/base";
import { MAIN_LOG_ID, slotKey } from "@omnigraph/log";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { beforeEach, describe, expect, it } from "vitest";
import { backends } from "../../support/stores/backends.ts";

const SCHEMA = "node P { k: String @key  n: I32? }\n";
const ADD = "query q($k: String) { insert P { k: $k } }";
const ALL = "query q() { match { $p: P } return { $p.k as k } order { $p.k } }";

async function keysOf(graph: Omnigraph, branch = "main"): Promise<readonly unknown[]> {
  return (await graph.query(ALL, {}, { branch })).rows.map(({ k }) => k);
}

/** The commit that repair names for a slot that nobody has: from there on a branch can be made. */
async function wayOn(uri: string, slot: number, confirm = false): Promise<string> {
  const { objects } = await Omnigraph.repair(uri, { confirm });
  const told = objects.find(({ place }) => place === slotKey(MAIN_LOG_ID, slot));
  expect(told).toMatchObject({ action: "restore", source: null, isDone: false, error: null });
  const [, commit = ""] =
    /; without one, a branch that is made at commit (\w+) goes on/.exec(told?.advice ?? "") ?? [];
  return commit;
}

const DAMAGES: Readonly<Record<string, (store: ObjectStore, key: string) => Promise<void>>> = {
  damaged: async (store, key) =>
    store.put(key, ((await store.get(key)) ?? new Uint8Array()).subarray(0, 100)),
  missing: (store, key) => store.delete(key),
};

describe.each(backends("lost-slot"))(
  "a graph in %s that has lost a commit of which there is no copy",
  (_, next) => {
    let uri = "";
    let store: ObjectStore;
    /** The commits of main by slot. */
    let ids: readonly string[];

    beforeEach(async () => {
      uri = next();
      await using graph = await Omnigraph.init(uri, { schema: SCHEMA, maintenance: "off" });
      for (const k of ["a", "b"]) await graph.mutate(ADD, { k });
      await graph.branches.create("early");
      await graph.mutate(ADD, { k: "early" }, { branch: "early" });
      for (const k of ["c", "d", "e"]) await graph.mutate(ADD, { k });
      ids = (await graph.commits.list()).map(({ id }) => id).toReversed();
      const s3 = { variables: { ...process.env } };
      store = (await openBackend(uri, systemEnvironment, { writable: true, s3 })).objects;
    });

    /** A branch at a commit, and the graph that a backup of it makes, in which main ends there. */
    async function rescued(commit: string): Promise<Omnigraph> {
      await using graph = await Omnigraph.open(uri);
      await graph.branches.create("rescue", { from: commit });
      await graph.mutate(ADD, { k: "after" }, { branch: "rescue" });
      const to = next();
      await graph.maintenance.backup(to, { branches: ["rescue", "early"] });
      return Omnigraph.open(to);
    }

    it.each(
      // The last slot can be damaged only: a log whose newest slot is missing looks like a shorter one.
      [
        ["damaged", 4],
        ["missing", 4],
        ["damaged", 5],
      ] as const,
    )(
      "goes on from the commit before it, where it is %s in slot %i, and keeps what can be had",
      async (damage, slot) => {
        await DAMAGES[damage]?.(store, slotKey(MAIN_LOG_ID, slot));
        const commit = await wayOn(uri, slot);
        expect(commit).toBe(ids[slot - 1]);
        // Nobody gives the slot up for good, however much it is confirmed.
        expect(await wayOn(uri, slot, true)).toBe(commit);
        {
          await using graph = await Omnigraph.open(uri);
          expect(await keysOf(graph, "early")).toEqual(["a", "b", "early"]);
          await expect(graph.query(ALL)).rejects.toMatchObject({
            reason: expect.stringMatching(/^log_(?:corrupt|torn)$/),
            details: { place: expect.stringContaining(slotKey(MAIN_LOG_ID, slot)) },
          });
          // What came after it is still told, commit by commit.
          for (const id of ids.slice(slot + 1)) {
            const { changes } = await graph.commits.changes(id);
            expect(changes).toMatchObject([{ op: "insert", kind: "node" }]);
          }
        }
        await using fresh = await rescued(commit);
        const before = ["a", "b", "c", "d"].slice(0, slot - 1);
        expect(await keysOf(fresh)).toEqual(before);
        expect(await keysOf(fresh, "rescue")).toEqual([...before, "after"].toSorted());
        expect(await keysOf(fresh, "early")).toEqual(["a", "b", "early"]);
        await fresh.mutate(ADD, { k: "main goes on" });
        await fresh.branches.merge("rescue");
        expect(await keysOf(fresh)).toEqual([...before, "after", "main goes on"].toSorted());
        expect(await fresh.maintenance.fsck()).toMatchObject({ isClean: true });
      },
    );

    it("names a commit that needs nothing of another lost one", async () => {
      for (const slot of [2, 4]) await DAMAGES["damaged"]?.(store, slotKey(MAIN_LOG_ID, slot));
      expect(await wayOn(uri, 4)).toBe(ids[1]);
      expect(await wayOn(uri, 2)).toBe(ids[1]);
      await using graph = await Omnigraph.open(uri);
      await graph.branches.create("rescue", { from: ids[1] ?? "" });
      expect(await keysOf(graph, "rescue")).toEqual(["a"]);
    });

    it("goes on by itself where a fold has what was in it", async () => {
      await using graph = await Omnigraph.open(uri);
      await graph.maintenance.optimize({ full: true });
      await DAMAGES["damaged"]?.(store, slotKey(MAIN_LOG_ID, 4));
      await using again = await Omnigraph.open(uri);
      await again.mutate(ADD, { k: "f" });
      expect(await keysOf(again)).toEqual(["a", "b", "c", "d", "e", "f"]);
      const { objects } = await again.maintenance.repair();
      expect(objects).toMatchObject([
        { source: null, advice: expect.not.stringContaining("a branch that is made at") },
      ]);
    });
  },
);
