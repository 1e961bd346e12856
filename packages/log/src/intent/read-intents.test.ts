import { systemEnvironment } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { MemoryObjects, NOTHING } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { GRAPH } from "../../../../tests/support/log/log-world.ts";
import { writeOf } from "../../../../tests/support/log/log-writes.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import { GraphLog } from "../graph-log.ts";
import type { Intent } from "../writing/intent.ts";
import { intentKey } from "./keys.ts";
import type { FoundIntent } from "./read-intents.ts";

const TYPE = "01J0000000000000000000TYPE" as TypeId;

async function begun(name: string): Promise<{
  readonly store: MemoryObjects;
  readonly log: GraphLog;
  readonly base: CommitRecord;
  readonly intent: Intent;
}> {
  const store = new MemoryObjects(name);
  const log = await GraphLog.init(store, systemEnvironment, GRAPH);
  const branch = await log.branch("main");
  const base = await branch.head();
  const request = writeOf("a", { kind: "load", actor: "ann", message: "why" });
  const intent = await log.intents.begin({ request, branch, base });
  return { store, log, base, intent };
}

function draftOf(staging: string, base: CommitRecord): CommitDraft {
  const entry = { staging, type: TYPE, version: 1, rows: 2, tombstones: 0, columns: { p: "name" } };
  return {
    ...NOTHING,
    changes: { kind: "layers", layers: [entry], replaced: [TYPE] },
    counts: new Map([[TYPE, -3]]),
    merge: { theirs: base, keptOurs: new Map([[TYPE, ["x"]]]) },
    commits: true,
  };
}

async function edit(store: MemoryObjects, key: string, change: (json: object) => object): Promise<void> {
  const json: object = JSON.parse(Buffer.from((await store.get(key)) ?? []).toString());
  await store.put(key, Buffer.from(JSON.stringify(change(json))));
}

async function only(log: GraphLog): Promise<FoundIntent | undefined> {
  const [one, ...others] = await log.intents.read();
  expect(others).toEqual([]);
  return one;
}

test("an intent is read as it was announced, and what it staged once it is complete", async () => {
  const { log, base, intent } = await begun("intents-read");
  expect(await only(log)).toMatchObject({
    kind: "open",
    staging: intent.staging,
    intent: {
      graph: log.id,
      kind: "load",
      branch: "main",
      logId: "000000000",
      base: base.header.id,
      actor: "ann",
      message: "why",
      ifCommit: null,
      schema: base.header.schema,
      owner: { pid: process.pid },
    },
    staged: null,
    beat: null,
  });
  const draft = draftOf(intent.staging, base);
  await intent.staged(draft);
  expect(await only(log)).toMatchObject({
    staged: {
      changes: draft.changes,
      counts: draft.counts,
      merge: { theirs: base.header.id, keptOurs: new Map([[TYPE, ["x"]]]) },
    },
  });
  await log.intents.withdraw(intent);
  expect(await log.intents.read()).toEqual([]);
});

test("a fold is read as it was staged", async () => {
  const { log, intent } = await begun("intents-fold");
  const fold = {
    kind: "fold",
    runs: [
      {
        type: TYPE,
        pieces: [{ kind: "range", range: { logId: "000000000", from: 0, fromIndex: 0, to: 3, toIndex: 0 } }],
        layer: null,
      },
    ],
    through: { logId: "000000000", slot: 3, index: 0 },
  };
  // Cast: the id of a log is a plain text here.
  const draft = { ...NOTHING, changes: fold, commits: true } as unknown as CommitDraft;
  await intent.staged(draft);
  expect(await only(log)).toMatchObject({ staged: { changes: fold, merge: null } });
  await log.intents.withdraw(intent);
});

test("an intent of the first versions is read without what it does not tell", async () => {
  const { store, log, intent } = await begun("intents-old");
  await edit(store, intentKey(intent.staging, "json"), (json) => {
    const old: Record<string, unknown> = { ...json, owner: { process: "7" } };
    for (const name of ["needs", "graph", "if_commit"]) delete old[name];
    return old;
  });
  const found = await only(log);
  expect(found).toMatchObject({ kind: "open", intent: { graph: null, owner: null, branch: "main" } });
  expect(found?.kind === "open" && found.intent.ifCommit).toBe(undefined);
  await log.intents.withdraw(intent);
});

test("what cannot be read is found with its problem and stops nobody from reading the others", async () => {
  const { store, log, intent } = await begun("intents-broken");
  const key = intentKey(intent.staging, "json");
  const good = (await store.get(key)) ?? new Uint8Array();
  const damage: readonly ((json: object) => object)[] = [
    (json) => ({ ...json, op: "x" }),
    (json) => ({ ...json, kind: "other" }),
    (json) => ({ ...json, base: "main" }),
    (json) => ({ ...json, incarnation: 1 }),
    (json) => ({ ...json, staging: "01J0000000000000000000THER" }),
    (json) => ({ ...json, owner: {} }),
    () => [],
  ];
  for (const change of damage) {
    await store.put(key, good);
    await edit(store, key, change);
    expect(await only(log)).toMatchObject({
      kind: "unreadable",
      id: intent.staging,
      problem: { reason: "object_corrupt" },
    });
  }
  await store.put(key, good);
  await edit(store, key, (json) => ({ ...json, needs: { read: [], write: ["later"] } }));
  expect(await only(log)).toMatchObject({ kind: "unreadable", problem: { reason: "format_newer" } });
  await store.put(key, good);
  await store.put(intentKey(intent.staging, "staged.json"), Buffer.from("{"));
  expect(await only(log)).toMatchObject({ kind: "unreadable", problem: { reason: "object_corrupt" } });
  await store.delete(intentKey(intent.staging, "staged.json"));
  await store.put("__recovery/notes.txt", Buffer.from("hello"));
  expect(await log.intents.read()).toMatchObject([
    { kind: "unreadable", id: "notes.txt", problem: null },
    { kind: "open", staging: intent.staging },
  ]);
  await log.intents.withdraw(intent);
});

test("parts without their intent are leftovers", async () => {
  const { store, log, intent } = await begun("intents-left");
  await store.put(intentKey(intent.staging, "beat"), Buffer.from("4"));
  expect(await only(log)).toMatchObject({ kind: "open", beat: "4" });
  await store.delete(intentKey(intent.staging, "json"));
  expect(await only(log)).toMatchObject({ kind: "leftover", staging: intent.staging });
  await log.intents.withdraw(intent);
  expect(await log.intents.read()).toEqual([]);
});

test("a listing that fails is an error and never an empty answer", async () => {
  const { store, log, intent } = await begun("intents-unlisted");
  await log.intents.withdraw(intent);
  const list = store.list.bind(store);
  store.list = () => Promise.reject(new Error("no list"));
  await expect(log.intents.read()).rejects.toThrow("no list");
  store.list = list;
});
