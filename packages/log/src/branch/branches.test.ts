import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { LocalObjects, MemoryObjects, type ObjectStore } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { GRAPH } from "../../../../tests/support/log/log-world.ts";
import {
  branchNames,
  put,
  removeBranch,
  rowsAt,
  TYPE,
  writeOf,
} from "../../../../tests/support/log/log-writes.ts";
import type { CommitRecord } from "../commit/header.ts";
import { GraphLog } from "../graph-log.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import { recordKey } from "./names.ts";

async function put5(log: GraphLog, branch: BranchLog): Promise<readonly CommitRecord[]> {
  const results = await Promise.all(
    ["a", "b", "c", "d", "e"].map((id) => log.writer(branch).submit(writeOf(id))),
  );
  return results.map(({ commit }) => commit).filter((commit) => commit !== null);
}

async function countAt(log: GraphLog, name: string): Promise<number> {
  return (await log.snapshot(await log.head(name))).count(TYPE);
}

let named = 0;
const STORES: readonly (readonly [string, () => { store: ObjectStore; clean: () => void }])[] = [
  ["memory", () => ({ store: new MemoryObjects(`branches ${named++}`), clean: () => undefined })],
  [
    "local",
    () => {
      const root = mkdtempSync(join(tmpdir(), "omnigraph-branches-"));
      return { store: new LocalObjects(root), clean: () => rmSync(root, { recursive: true }) };
    },
  ],
];

describe.each(STORES)("branches in a %s store", (_, make) => {
  async function graph(
    body: (log: GraphLog, again: () => Promise<GraphLog>) => Promise<void>,
  ): Promise<void> {
    const { store, clean } = make();
    const log = await GraphLog.init(store, systemEnvironment, GRAPH);
    try {
      await body(log, () => GraphLog.open(store, systemEnvironment, { readOnly: false }));
    } finally {
      await log.close();
      await store.close();
      clean();
    }
  }

  test("branches are independent from where they were made", () =>
    graph(async (log, again) => {
      const main = await log.branch("main");
      await put(log, main, "a");
      const at = await main.head();
      const draft = await log.createBranch("review/2026-07", at, "ann");
      expect(await draft.head()).toBe(at);
      await put(log, main, "b");
      await put(log, draft, "c");
      await put(log, draft, "d");
      const other = await again();
      expect(await branchNames(other)).toEqual(["main", "review/2026-07"]);
      const head = await other.head("review/2026-07");
      expect(head).toMatchObject({ branch: "review/2026-07", address: { slot: 1 } });
      expect(head.header.depth).toBe(4);
      expect(head.header.id).not.toBe((await other.head("main")).header.id);
      expect([await rowsAt(other, "main"), await rowsAt(other, "review/2026-07")]).toEqual([2, 3]);
      const chain: string[] = [];
      for await (const commit of other.history(head)) chain.push(`${commit.branch} ${commit.address.slot}`);
      expect(chain).toEqual(["review/2026-07 1", "review/2026-07 0", "main 1", "main 0"]);
      const opened = await other.branch("review/2026-07");
      const between = await opened.between(at.address, head.address);
      expect(between.map(({ address }) => address.slot)).toEqual([0, 1]);
      expect(await opened.between(at.address, at.address)).toEqual([]);
    }));

  test("branches are made at branches without commits, at any commit, and at one inside an object", () =>
    graph(async (log, again) => {
      const main = await log.branch("main");
      const [, second] = await put5(log, main);
      if (second === undefined) throw new Error("no second commit");
      expect(second.address).toMatchObject({ slot: 1, index: 1 });
      await log.createBranch("draft", second, null);
      await log.createBranch("draft2", await log.head("draft"), null);
      const other = await again();
      expect((await other.head("draft2")).header.id).toBe(second.header.id);
      await put(other, await other.branch("draft2"), "x");
      expect([await rowsAt(other, "draft"), await rowsAt(other, "draft2")]).toEqual([2, 3]);
      expect([await countAt(log, "draft"), await countAt(log, "draft2"), await countAt(log, "main")]).toEqual(
        [2, 3, 5],
      );
    }));

  test("a deleted branch is deleted for everyone, and its name is free again", () =>
    graph(async (log, again) => {
      const other = await again();
      const at = await log.head("main");
      await log.createBranch("draft", at, null);
      await put(log, await log.branch("draft"), "a");
      const stale = await other.branch("draft");
      expect((await stale.head()).header.depth).toBe(2);
      await removeBranch(log, "draft");
      expect(await branchNames(log)).toEqual(["main"]);
      await expect(log.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(removeBranch(log, "draft")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(put(other, stale, "lost?")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(stale.head()).rejects.toMatchObject({ reason: "branch_not_found" });
      const again2 = await log.createBranch("draft", at, null);
      expect(again2.logId).not.toBe(stale.logId);
      expect((await other.head("draft")).header.id).toBe(at.header.id);
      await put(other, await other.branch("draft"), "b");
      expect(await rowsAt(log, "draft")).toBe(1);
      await removeBranch(other, "draft");
      expect(await branchNames(log)).toEqual(["main"]);
      await expect(log.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
    }));

  test("branch names keep their letter case, and may look like files", () =>
    graph(async (log, again) => {
      const at = await log.head("main");
      const wanted = [
        "A",
        "CON",
        "a",
        "a.b",
        "a/b",
        "review",
        "review/x",
        "x".repeat(200),
        "x.",
        "X".repeat(200),
      ];
      for (const name of wanted) await log.createBranch(name, at, null);
      expect(await branchNames(await again())).toEqual([...wanted, "main"].toSorted());
    }));
});

describe("what cannot be", () => {
  let log: GraphLog;
  let store: MemoryObjects;

  beforeEach(async () => {
    store = new MemoryObjects(`branches ${named++}`);
    log = await GraphLog.init(store, systemEnvironment, GRAPH);
  });

  test.each(["", "bad name", "../up", "a//b", "/a", "a/", "a/./b", "ü", "a~b", "x".repeat(201), "a\nb"])(
    "the name %j is refused, and changes nothing",
    async (name) => {
      const before = await store.list("");
      const at = await log.head("main");
      const invalid = { reason: "branch_name_invalid", details: { branch: name } };
      await expect(log.createBranch(name, at, null)).rejects.toMatchObject(invalid);
      await expect(log.branch(name)).rejects.toMatchObject(invalid);
      expect(await store.list("")).toEqual(before);
    },
  );

  test("a second branch of a name, main again, and the end of main are refused, and change nothing", async () => {
    const at = await log.head("main");
    await log.createBranch("draft", at, null);
    const before = await store.list("");
    await expect(log.createBranch("draft", at, null)).rejects.toMatchObject({ reason: "branch_exists" });
    await expect(log.createBranch("main", at, null)).rejects.toMatchObject({ reason: "branch_exists" });
    await expect(removeBranch(log, "main")).rejects.toMatchObject({ reason: "branch_protected" });
    expect(await store.list("")).toEqual(before);
  });

  test("a damaged record is reported with its place, and never taken for another branch", async () => {
    await log.createBranch("draft", await log.head("main"), null);
    const key = recordKey("draft", 0);
    const bytes = (await store.get(key)) ?? new Uint8Array();
    const text = Buffer.from(bytes).toString();
    const wrong = [
      text.slice(0, 20),
      text.replace(/"incarnation":"(.)/, (_, digit) => `"incarnation":"${digit === "Z" ? "Y" : "Z"}`),
      text.replace('"read":[]', '"read":["later"]'),
    ];
    const reasons: unknown[] = [];
    for (const each of wrong) {
      await store.put(key, Buffer.from(each));
      const opened = await GraphLog.open(store, systemEnvironment, { readOnly: true });
      reasons.push(await opened.head("draft").catch((error: unknown) => error));
    }
    const place = `${store.uri}/${key}`;
    expect(reasons).toMatchObject([
      { reason: "object_corrupt", details: { place } },
      { reason: "object_corrupt", details: { place } },
      { reason: "format_newer", details: { place } },
    ]);
  });
});
