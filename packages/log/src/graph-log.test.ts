import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { idColumn, LocalObjects, MemoryObjects, NOTHING, type ObjectStore } from "@omnigraph/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAIN_LOG_ID, slotKey } from "./address.ts";
import { GraphLog } from "./graph-log.ts";
import type { CommitDraft } from "./commit/draft.ts";
import type { WriteRequest } from "./writing/request.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const OPTIONS = { schema: Buffer.from('{"source":"x"}'), actor: "ann", message: "begin" };
const mint = ulidFactory(systemEnvironment);

let root: string;
let local: ObjectStore;
let memory: MemoryObjects;
let named = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "omnigraph-log-"));
  local = new LocalObjects(root);
  memory = new MemoryObjects(`graph-log ${named++}`);
});

afterEach(async () => {
  await local.close();
  rmSync(root, { recursive: true });
});

/** Every file of the folder with its bytes. */
function everything(): ReadonlyMap<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
  return new Map(
    names
      .filter((name) => statSync(join(root, name)).isFile())
      .map((name) => [name, readFileSync(join(root, name), "hex")]),
  );
}

async function init(store: ObjectStore): Promise<GraphLog> {
  return GraphLog.init(store, systemEnvironment, OPTIONS);
}

async function open(store: ObjectStore, readOnly: boolean = true): Promise<GraphLog> {
  return GraphLog.open(store, systemEnvironment, { readOnly });
}

function write(id: string): WriteRequest {
  const after = { length: 1, columns: new Map([["id", idColumn([id])] as const]) };
  const before = { length: 0, columns: new Map() };
  const draft: CommitDraft = {
    ...NOTHING,
    changes: { kind: "rows", rows: [{ type: TYPE, updated: 0, after, before }], replaced: [] },
    counts: new Map([[TYPE, 1]]),
    commits: true,
  };
  return {
    kind: "mutation",
    op: mint(),
    content: null,
    actor: null,
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => draft,
    rowsOf: async () => null,
  };
}

async function grown(store: ObjectStore, commits: number): Promise<GraphLog> {
  const log = await init(store);
  const writer = log.writer(await log.branch("main"));
  for (let i = 0; i < commits; i++) await writer.submit(write(`n${i}`));
  return log;
}

describe("making a graph", () => {
  test("a new graph has a genesis with the schema", async () => {
    const log = await init(local);
    const head = await (await log.branch("main")).head();
    expect(head.header).toMatchObject({
      kind: "genesis",
      depth: 1,
      parents: [],
      actor: "ann",
      message: "begin",
    });
    expect(head.header.op).toBe(log.id);
    expect(Buffer.from(await log.schemas.read(head.header.schema))).toEqual(OPTIONS.schema);
  });

  test("making a graph is refused where there is one, and changes nothing", async () => {
    await init(local);
    const before = everything();
    await expect(init(local)).rejects.toMatchObject({ reason: "graph_exists", details: { uri: root } });
    expect(everything()).toEqual(before);
  });

  test.each(["notes.txt", "__manifest/other.json"])(
    "making a graph is refused beside %s, and changes nothing",
    async (key) => {
      await local.put(key, Buffer.from("mine"));
      const before = everything();
      await expect(init(local)).rejects.toMatchObject({ reason: "folder_not_empty", details: { uri: root } });
      expect(everything()).toEqual(before);
    },
  );

  test("making a graph completes a half-made one with the same schema", async () => {
    const first = await init(memory);
    await memory.delete("__manifest/format.json");
    await expect(open(memory)).rejects.toMatchObject({ reason: "graph_not_found" });
    const again = await init(memory);
    expect(again.id).toBe(first.id);
  });

  test("the caller decides whether a half-made graph has the same schema", async () => {
    await init(memory);
    await memory.delete("__manifest/format.json");
    const other = { ...OPTIONS, schema: Buffer.from("other") };
    await expect(GraphLog.init(memory, systemEnvironment, other)).rejects.toMatchObject({
      reason: "folder_not_empty",
    });
    const log = await GraphLog.init(memory, systemEnvironment, { ...other, isSameSchema: () => true });
    const { schema } = (await (await log.branch("main")).head()).header;
    expect(Buffer.from(await log.schemas.read(schema))).toEqual(OPTIONS.schema);
  });

  test("of many makers of a graph one wins", async () => {
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => init(memory)));
    const won = settled.filter(({ status }) => status === "fulfilled");
    const reasons = settled.flatMap((each) => (each.status === "rejected" ? [each.reason.reason] : []));
    expect([won.length, new Set(reasons)]).toEqual([1, new Set(["graph_exists"])]);
  });
});

describe("opening", () => {
  test("opening refuses a folder that is no graph, and makes nothing", async () => {
    await expect(open(local, false)).rejects.toMatchObject({
      reason: "graph_not_found",
      details: { uri: root },
    });
    expect(everything().size).toBe(0);
  });

  test.each([
    ["a newer version", '{"format":"omnigraph","version":2}', "format_newer"],
    [
      "an unknown feature",
      '{"format":"omnigraph","version":1,"needs":{"read":["x"],"write":[]}}',
      "format_newer",
    ],
    ["half of it", '{"format":"omnigraph","vers', "object_corrupt"],
    ["another format", '{"format":"other","version":1}', "object_corrupt"],
    ["bytes that are no text", "\u00ff\u0000", "object_corrupt"],
  ])("opening refuses %s in format.json, and changes nothing", async (_, text, reason) => {
    await init(local);
    writeFileSync(join(root, "__manifest", "format.json"), Buffer.from(text, "latin1"));
    const before = everything();
    const place = `${root}/__manifest/format.json`;
    await expect(open(local, false)).rejects.toMatchObject({ reason, details: { place } });
    expect(everything()).toEqual(before);
  });

  test("a feature that only writers need does not keep readers out", async () => {
    const log = await init(local);
    const path = join(root, "__manifest", "format.json");
    const { sha256: _, ...members } = JSON.parse(readFileSync(path, "utf8"));
    const newer = { ...members, needs: { read: [], write: ["x"] } };
    const sha256 = createHash("sha256").update(JSON.stringify(newer)).digest("hex");
    writeFileSync(path, JSON.stringify({ ...newer, sha256 }));
    expect((await open(local, true)).id).toBe(log.id);
    await expect(open(local, false)).rejects.toMatchObject({ reason: "format_newer" });
  });

  test("a log opened for reading allows no write", async () => {
    await init(memory);
    const log = await open(memory);
    const main = await log.branch("main");
    const refused = expect.objectContaining({ reason: "read_only" });
    expect(() => log.writer(main)).toThrow(refused);
    await expect(log.schemas.put(Buffer.from("x"))).rejects.toEqual(refused);
  });

  test("a new graph has main and no other branch", async () => {
    const log = await init(memory);
    expect((await log.branch("main")).logId).toBe(MAIN_LOG_ID);
    await expect(log.branch("dev")).rejects.toMatchObject({
      reason: "branch_not_found",
      details: { branch: "dev" },
    });
  });
});

describe("the head", () => {
  test.each([0, 1, 2, 3, 7, 100])(
    "the head is found after %i commits, by listing and by probing",
    async (commits) => {
      for (const store of [memory, local]) {
        await grown(store, commits);
        const head = await (await (await open(store)).branch("main")).head();
        expect(head.address.slot).toBe(commits);
        expect(head.header.depth).toBe(commits + 1);
      }
    },
  );

  test("a handle that is far behind finds the head", async () => {
    const log = await init(memory);
    const reader = await (await open(memory)).branch("main");
    await reader.head();
    const writer = log.writer(await log.branch("main"));
    for (let i = 0; i < 200; i++) await writer.submit(write(`n${i}`));
    expect(reader.known?.address.slot).toBe(0);
    expect((await reader.head()).address.slot).toBe(200);
    expect(reader.known?.address.slot).toBe(200);
  });
});

describe("reading", () => {
  test("any commit is read by id, and by the chain of first parents", async () => {
    await grown(memory, 20);
    const log = await open(memory);
    const head = await (await log.branch("main")).head();
    const depths: number[] = [];
    for await (const commit of log.history(head)) {
      depths.push(commit.header.depth);
      expect((await log.commit(commit.header.id)).header).toEqual(commit.header);
    }
    expect(depths).toEqual(Array.from({ length: 21 }, (_, i) => 21 - i));
  });

  test.each(["nonsense", "01M839X0JJ0000000000000990", "01M839X0JJ0000000000000000"])(
    "%s is no commit",
    async (id) => {
      const log = await init(memory);
      await expect(log.commit(id)).rejects.toMatchObject({
        reason: "commit_not_found",
        details: { commit: id },
      });
    },
  );

  test("a snapshot at an old commit has the changes up to it", async () => {
    const log = await grown(memory, 50);
    const head = await (await log.branch("main")).head();
    for await (const commit of log.history(head)) {
      const snapshot = await log.snapshot(commit);
      let rows = 0;
      for (const piece of snapshot.pieces(TYPE)) {
        if (piece.kind === "range") rows += (await log.readChanges(piece.range, TYPE)).length;
      }
      expect(rows).toBe(commit.address.slot);
      expect(snapshot.count(TYPE)).toBe(commit.address.slot);
    }
  });

  test("a damaged slot is an error with its place, and never the end of the log", async () => {
    await grown(local, 3);
    const path = join(root, slotKey(MAIN_LOG_ID, 2));
    writeFileSync(path, readFileSync(path).fill(0, 20, 24));
    const before = everything();
    const log = await open(local, false);
    const main = await log.branch("main");
    const corrupt = { reason: "log_corrupt", details: { place: path } };
    const head = await main.head();
    await expect(main.between({ logId: MAIN_LOG_ID, slot: 0, index: 0 }, head.address)).rejects.toMatchObject(
      corrupt,
    );
    expect(everything()).toEqual(before);
    writeFileSync(join(root, slotKey(MAIN_LOG_ID, 4)), "not a commit");
    await expect(log.writer(main).submit(write("x"))).rejects.toMatchObject({
      reason: "log_corrupt",
      details: { place: join(root, slotKey(MAIN_LOG_ID, 4)) },
    });
  });

  test("a slot of another history, or a missing one, below the head is a torn log, and one of another graph is graph_replaced", async () => {
    await grown(local, 1);
    const other = new MemoryObjects(`other history ${named}`);
    for (const { key } of await local.list(""))
      await other.put(key, (await local.get(key)) ?? new Uint8Array());
    for (const store of [local, other]) {
      const log = await open(store, false);
      await log.writer(await log.branch("main")).submit(write(mint()));
      await log.writer(await log.branch("main")).submit(write(mint()));
    }
    const another = new MemoryObjects(`another graph ${named}`);
    await grown(another, 3);
    const path = join(root, slotKey(MAIN_LOG_ID, 2));
    const torn = { reason: "log_torn" };
    const readAll = async (): Promise<unknown> => {
      const main = await (await open(local)).branch("main");
      const end = { logId: MAIN_LOG_ID, slot: 3, index: 0 };
      return main.between({ logId: MAIN_LOG_ID, slot: 0, index: 0 }, end);
    };
    writeFileSync(path, (await other.get(slotKey(MAIN_LOG_ID, 2))) ?? "");
    const after = join(root, slotKey(MAIN_LOG_ID, 3));
    await expect(readAll()).rejects.toMatchObject({ ...torn, details: { place: after, slot: 3 } });
    writeFileSync(path, (await another.get(slotKey(MAIN_LOG_ID, 2))) ?? "");
    await expect(readAll()).rejects.toMatchObject({ reason: "graph_replaced", details: { place: path } });
    rmSync(path);
    await expect(readAll()).rejects.toMatchObject({ ...torn, details: { place: path, slot: 2 } });
  });

  test("the error for a missing or damaged schema names it", async () => {
    const log = await init(local);
    const hash = await log.schemas.put(Buffer.from("next"));
    const path = join(root, "__manifest", "schemas", `${hash}.json`);
    expect(Buffer.from(await log.schemas.read(hash)).toString()).toBe("next");
    writeFileSync(path, "other");
    await expect(log.schemas.read(hash)).rejects.toMatchObject({
      reason: "object_corrupt",
      details: { place: path },
    });
    await expect(log.schemas.put(Buffer.from("next"))).rejects.toMatchObject({ reason: "object_corrupt" });
  });
});

describe("staged writes", () => {
  test("staged writes are announced before, and leave nothing behind", async () => {
    const log = await init(memory);
    const main = await log.branch("main");
    const base = await main.head();
    const request = write("a");
    const intent = await log.intents.begin({ request, branch: main, base });
    const announced = await memory.get(`__recovery/${intent.staging}.json`);
    expect(JSON.parse(Buffer.from(announced ?? []).toString())).toMatchObject({
      op: request.op,
      base: base.header.id,
    });
    const entry = {
      staging: intent.staging,
      type: TYPE,
      version: 1,
      rows: 2,
      tombstones: 0,
      columns: { p: "name" },
    };
    const draft: CommitDraft = {
      ...NOTHING,
      changes: { kind: "layers", layers: [entry], replaced: [TYPE] },
      counts: new Map([[TYPE, 2]]),
      commits: true,
    };
    await intent.staged(draft);
    const { commit } = await log.writer(main).submit(request, { base, draft });
    if (commit !== null) await log.intents.end(intent, commit);
    expect(await memory.list("__recovery/")).toEqual([]);
    const again = await open(memory);
    const stored = await again.commit(commit?.header.id ?? "");
    expect(stored.changes).toEqual(draft.changes);
    expect((await again.snapshot(stored)).pieces(TYPE)).toEqual([
      { kind: "layer", entry },
      { kind: "range", range: { logId: MAIN_LOG_ID, from: 1, fromIndex: 0, to: 1, toIndex: 0 } },
    ]);
  });
});
