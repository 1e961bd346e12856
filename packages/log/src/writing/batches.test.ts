import { present } from "@omnigraph/base";
import { type ChangeSet, idTextIn } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { draftOf, inserted, TYPE, writeOf } from "../../../../tests/support/log/log-writes.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { WriteBase } from "./request.ts";

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

describe("batches", () => {
  test("each write of a batch is evaluated upon the ones before it", async () => {
    const a = await world.begin("a");
    const seen: number[] = [];
    const evaluate = ({ pending }: WriteBase): CommitDraft => (seen.push(pending.length), draftOf("a"));
    const results = await Promise.all([1, 2, 3].map(() => a.writer.submit(writeOf("a", { evaluate }))));
    expect(seen).toEqual([0, 1, 2]);
    expect(results.map(({ commit }) => commit?.address.index)).toEqual([0, 1, 2]);
    const head = await (await world.begin("b")).main.head();
    expect([head.header.counts.get(TYPE), head.header.depth]).toEqual([3, 4]);
  });

  test("a write that fails does not keep the others of its batch back", async () => {
    const a = await world.begin("a");
    const failing = writeOf("a", {
      evaluate: () => {
        throw new Error("no");
      },
    });
    const settled = await Promise.allSettled(
      [writeOf("a"), failing, writeOf("a")].map((each) => a.writer.submit(each)),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(world.commits()).toBe(2);
  });

  test("an object does not outgrow the limit of inline rows", async () => {
    const a = await world.begin("a");
    const large = inserted(...Array.from({ length: 3 }, (_, i) => String(i).repeat(1 << 20)));
    const evaluate = (): CommitDraft =>
      draftOf("a", { changes: { kind: "rows", rows: large, replaced: [] } });
    const results = await Promise.all([1, 2, 3].map(() => a.writer.submit(writeOf("a", { evaluate }))));
    expect(results.map(({ commit }) => commit?.address.slot)).toEqual([1, 2, 3]);
  });

  test("what is evaluated after a draft of tables waits for its commit", async () => {
    const a = await world.begin("a");
    const entry = { staging: "s", type: TYPE, version: 1, rows: 1, tombstones: 0, columns: {} };
    const staged = draftOf("a", { changes: { kind: "layers", layers: [entry], replaced: [] } });
    const bases: number[] = [];
    const evaluate = ({ head }: WriteBase): CommitDraft => (bases.push(head.address.slot), draftOf("a"));
    await Promise.all(
      [writeOf("a", { evaluate: () => staged }), writeOf("a", { evaluate })].map((each) =>
        a.writer.submit(each),
      ),
    );
    expect(bases).toEqual([1]);
  });

  test("a write is taken back while it waits", async () => {
    const a = await world.begin("a");
    const stop = new AbortController();
    const submitted = a.writer.submit(writeOf("a", { signal: stop.signal }));
    stop.abort();
    await expect(submitted).rejects.toMatchObject({ reason: "aborted" });
    expect(world.commits()).toBe(1);
  });

  test("a closed graph refuses what comes later, not what is under way", async () => {
    const a = await world.begin("a");
    const submitted = a.writer.submit(writeOf("a"));
    const closing = a.log.close();
    await expect(a.writer.submit(writeOf("a"))).rejects.toMatchObject({ reason: "closed" });
    await closing;
    expect((await submitted).commit?.address.slot).toBe(1);
  });
});

describe("prepared writes", () => {
  test("prepared writes are published as they are where nothing came between", async () => {
    const a = await world.begin("a");
    const base = await a.main.head();
    const evaluate = (): CommitDraft => {
      throw new Error("not to be evaluated");
    };
    const prepared = { base, draft: draftOf("a") };
    expect((await a.writer.submit(writeOf("a", { evaluate }), prepared)).draft).toBe(prepared.draft);
  });

  test("prepared writes are tested against everything since their base", async () => {
    const a = await world.begin("a");
    const base = await a.main.head();
    for (const id of ["a", "b", "c"]) await a.writer.submit(writeOf(id));
    const seen: ChangeSet[] = [];
    const prepared = {
      base,
      draft: draftOf("a", { conflictsWith: (theirs) => seen.push(theirs) === 3, onConflict: "conflict" }),
    };
    await expect(a.writer.submit(writeOf("a"), prepared)).rejects.toMatchObject({
      reason: "read_set_conflict",
    });
    expect(seen.map(([change]) => idTextIn(present(change, "change").after, "id", 0))).toEqual([
      "a",
      "b",
      "c",
    ]);
    const again = { base, draft: draftOf("a", { conflictsWith: () => true }) };
    const second = draftOf("a");
    const { draft } = await a.writer.submit(writeOf("a", { evaluate: () => second }), again);
    expect(draft).toBe(second);
  });
});
