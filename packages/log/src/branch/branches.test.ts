import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { present, SeededRandom, SimulatedTime, systemEnvironment, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import {
  calmNetwork,
  type CallPlan,
  idColumn,
  LocalObjects,
  MemoryObjects,
  type ObjectStore,
  type SimulatedCall,
  SimulatedObjects,
} from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { slotKey } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import { GraphLog } from "../graph-log.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import type { Draft, Write, WriteResult } from "../writing/write.ts";
import { recordKey, REFS_PREFIX } from "./names.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
const mint = ulidFactory(systemEnvironment);

function write(id: string, parts: Partial<Write> = {}): Write {
  const after = { length: 1, columns: new Map([["id", idColumn([id])] as const]) };
  const before = { length: 0, columns: new Map() };
  const draft: Draft = {
    kind: "mutation",
    changes: { kind: "rows", rows: [{ type: TYPE, updated: 0, after, before }], replaced: [] },
    counts: new Map([[TYPE, 1]]),
    schema: null,
    meets: () => false,
    onMeeting: "evaluate_again",
  };
  return {
    op: mint(),
    content: null,
    actor: null,
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => draft,
    ...parts,
  };
}

async function put(log: GraphLog, branch: BranchLog, id: string): Promise<CommitRecord> {
  const { commit } = await log.writer(branch).submit(write(id));
  if (commit === null) throw new Error("the write made no commit");
  return commit;
}

async function put5(log: GraphLog, branch: BranchLog): Promise<readonly CommitRecord[]> {
  const results = await Promise.all(
    ["a", "b", "c", "d", "e"].map((id) => log.writer(branch).submit(write(id))),
  );
  return results.map(({ commit }) => commit).filter((commit) => commit !== null);
}

function remove(log: GraphLog, name: string): Promise<void> {
  return log.deleteBranch(name, { op: mint(), actor: "ann", message: null, ifCommit: null });
}

async function names(log: GraphLog): Promise<readonly string[]> {
  return (await log.listBranches()).map(({ name }) => name);
}

async function countAt(log: GraphLog, name: string): Promise<number> {
  return (await log.snapshot(await log.head(name))).count(TYPE);
}

/** How many rows the pieces of a head hold. */
async function rowsAt(log: GraphLog, name: string): Promise<number> {
  let rows = 0;
  for (const piece of (await log.snapshot(await log.head(name))).pieces(TYPE)) {
    if (piece.kind !== "range") throw new Error("only ranges were written");
    for (const { after } of await log.readChanges(piece.range, TYPE)) rows += after.length;
  }
  return rows;
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
    const log = await GraphLog.init(store, systemEnvironment, OPTIONS);
    try {
      await body(log, () => GraphLog.open(store, systemEnvironment, { readOnly: false }));
    } finally {
      await log.close();
      await store.close();
      clean();
    }
  }

  test("go their own ways from where they were made", () =>
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
      expect(await names(other)).toEqual(["main", "review/2026-07"]);
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

  test("are made of branches without commits, of any commit, and of one inside an object", () =>
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

  test("are deleted for everyone, and their names are free again", () =>
    graph(async (log, again) => {
      const other = await again();
      const at = await log.head("main");
      await log.createBranch("draft", at, null);
      await put(log, await log.branch("draft"), "a");
      const stale = await other.branch("draft");
      expect((await stale.head()).header.depth).toBe(2);
      await remove(log, "draft");
      expect(await names(log)).toEqual(["main"]);
      await expect(log.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(remove(log, "draft")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(put(other, stale, "lost?")).rejects.toMatchObject({ reason: "branch_not_found" });
      await expect(stale.head()).rejects.toMatchObject({ reason: "branch_not_found" });
      const again2 = await log.createBranch("draft", at, null);
      expect(again2.tag).not.toBe(stale.tag);
      expect((await other.head("draft")).header.id).toBe(at.header.id);
      await put(other, await other.branch("draft"), "b");
      expect(await rowsAt(log, "draft")).toBe(1);
      await remove(other, "draft");
      expect(await names(log)).toEqual(["main"]);
      await expect(log.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
    }));

  test("keep the letter case of their names, and take what looks like a file", () =>
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
      expect(await names(await again())).toEqual([...wanted, "main"].toSorted());
    }));
});

describe("what cannot be", () => {
  let log: GraphLog;
  let store: MemoryObjects;

  beforeEach(async () => {
    store = new MemoryObjects(`branches ${named++}`);
    log = await GraphLog.init(store, systemEnvironment, OPTIONS);
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
    await expect(remove(log, "main")).rejects.toMatchObject({ reason: "branch_protected" });
    expect(await store.list("")).toEqual(before);
  });

  test("a damaged record is reported at its place, never taken for another branch", async () => {
    await log.createBranch("draft", await log.head("main"), null);
    const key = recordKey("draft", 0);
    const bytes = (await store.get(key)) ?? new Uint8Array();
    const text = Buffer.from(bytes).toString();
    const wrong = [
      text.slice(0, 20),
      text.replace(/"incarnation":"./, '"incarnation":"Z'),
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

describe("when others do the same", () => {
  let fate: (call: SimulatedCall) => CallPlan | null;
  let world: SimulatedObjects;

  async function begin(id: string): Promise<GraphLog> {
    return GraphLog.open(world.connect(id), world.process(id), { readOnly: false });
  }

  beforeEach(async () => {
    fate = () => null;
    const network = { plan: (call: SimulatedCall) => fate(call) ?? calmNetwork.plan(call) };
    world = new SimulatedObjects(new SimulatedTime(), network, 1);
    await GraphLog.init(world.connect("maker"), world.process("maker"), OPTIONS);
  });

  test("one of several makers of a name wins", async () => {
    const logs = await Promise.all(["a", "b", "c", "d"].map(begin));
    const made = await Promise.allSettled(
      logs.map(async (log) => log.createBranch("draft", await log.head("main"), null)),
    );
    const won = made.filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const outcome of made)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ reason: "branch_exists" });
    const tags = await Promise.all(logs.map(async (log) => (await log.branch("draft")).tag));
    expect(new Set(tags).size).toBe(1);
  });

  test("a lost answer is no lost branch, and no second one", async () => {
    const log = await begin("a");
    const at = await log.head("main");
    let lost = 0;
    fate = ({ operation, key }) =>
      operation === "putIfAbsent" && key.startsWith(REFS_PREFIX) && lost++ === 0
        ? { fate: "lost", delayMs: 1, timeoutMs: 100 }
        : null;
    const { tag } = await log.createBranch("draft", at, null);
    expect(lost).toBe(1);
    expect((await (await begin("b")).branch("draft")).tag).toBe(tag);
  });

  test("writes and a deletion give one order, and nothing is answered for that is not there", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await a.createBranch("draft", await a.head("main"), null);
    const draft = await b.branch("draft");
    await put(b, draft, "first");
    fate = () => ({ fate: "answered", delayMs: 0.5, answerMs: 0.5, repeatMs: null });
    const writer = b.writer(draft);
    const random = new SeededRandom(7);
    const busy = async (client: number): Promise<readonly PromiseSettledResult<WriteResult>[]> => {
      const found: PromiseSettledResult<WriteResult>[] = [];
      for (let i = 0; i < 60; i++) {
        found.push(...(await Promise.allSettled([writer.submit(write(`${client} ${i}`))])));
        await world.process("b").clock.sleep(100 * random.next());
      }
      return found;
    };
    const clients = [0, 1, 2, 3].map(busy);
    await world.process("a").clock.sleep(3);
    await remove(a, "draft");
    const outcomes = (await Promise.all(clients)).flat();
    const last = await draft.look();
    expect(last.commit.header.kind).toBe("seal");
    expect(last.object?.commits).toHaveLength(1);
    const inLog = new Set<string>();
    for (let slot = 0; slot < last.slot; slot++)
      for (const { header } of (await draft.expect(slot)).commits) inLog.add(header.id);
    let landed = 0;
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        expect(outcome.reason).toMatchObject({ reason: "branch_not_found" });
      } else {
        landed++;
        expect(inLog).toContain(outcome.value?.commit?.header.id);
      }
    }
    expect(inLog.size).toBe(landed + 1);
    expect(landed).toBeGreaterThan(0);
    expect(landed).toBeLessThan(240);
  });

  test("of two deletions one is told that the branch is gone", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await a.createBranch("draft", await a.head("main"), null);
    await b.head("draft");
    const outcomes = await Promise.allSettled([remove(a, "draft"), remove(b, "draft")]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("without the tombstone the seal alone has deleted the branch", async () => {
    const log = await begin("a");
    await log.createBranch("draft", await log.head("main"), null);
    fate = ({ operation, key }) =>
      operation === "putIfAbsent" && key.startsWith(REFS_PREFIX) ? { fate: "refused", delayMs: 1 } : null;
    await remove(log, "draft");
    fate = () => null;
    expect(world.keys().filter((key) => key.startsWith(REFS_PREFIX))).toEqual([recordKey("draft", 0)]);
    const other = await begin("b");
    expect(await names(other)).toEqual(["main"]);
    await expect(other.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
    await other.createBranch("draft", await other.head("main"), null);
    expect(await names(log)).toEqual(["draft", "main"]);
  });

  test("a log is written before it has a name, and nobody sees it where its maker ends", async () => {
    const log = await begin("a");
    const fork = await log.fork("draft", await log.head("main"), null);
    await put(log, fork.branch, "a");
    const other = await begin("b");
    expect(await names(other)).toEqual(["main"]);
    await other.createBranch("draft", await other.head("main"), null);
    await expect(fork.publish()).rejects.toMatchObject({ reason: "branch_exists" });
    expect(await rowsAt(other, "draft")).toBe(0);
  });

  test("a conditional write at the fork point holds until the branch has a commit of its own", async () => {
    const log = await begin("a");
    const at = await log.head("main");
    const draft = await log.createBranch("draft", at, null);
    const writer = log.writer(draft);
    await put(log, await log.branch("main"), "elsewhere");
    await writer.submit(write("a", { ifCommit: at.header.id }));
    await expect(writer.submit(write("b", { ifCommit: at.header.id }))).rejects.toMatchObject({
      reason: "precondition_failed",
    });
  });

  test("a repeated op is answered by the commit in slot 0", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    const draft = await a.createBranch("draft", await a.head("main"), null);
    const named = write("a", { content: "00" });
    const first = await a.writer(draft).submit(named);
    const second = await b.writer(await b.branch("draft")).submit(named);
    expect(second).toMatchObject({ repeated: true });
    expect(second.commit?.header.id).toBe(first.commit?.header.id);
  });

  test("power loss takes no branch whose commit was acknowledged by another process", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed);
      await GraphLog.init(world.connect("maker"), world.process("maker"), OPTIONS);
      const [a, b] = [await openUnsynced("a"), await begin("b")];
      await a.createBranch("draft", await a.head("main"), null);
      await put(b, await b.branch("draft"), "kept");
      world.powerLoss();
      const c = await begin("c");
      expect(await rowsAt(c, "draft")).toBe(1);
    }
  });

  test("power loss takes no seal that a later branch of the name stands upon", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed);
      await GraphLog.init(world.connect("maker"), world.process("maker"), OPTIONS);
      const [a, b] = [await openUnsynced("a", REFS_PREFIX), await begin("b")];
      const { tag } = await b.createBranch("draft", await b.head("main"), null);
      await remove(a, "draft");
      await b.createBranch("draft", await b.head("main"), null);
      world.powerLoss();
      expect(world.keys()).toContain(slotKey(tag, 0));
    }
  });

  test("power loss takes no branch that goes on after a fork of it was made", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed);
      await GraphLog.init(world.connect("maker"), world.process("maker"), OPTIONS);
      const [a, b] = [await openUnsynced("a"), await begin("b")];
      const draft = await a.createBranch("draft", await a.head("main"), null);
      const loose = { durability: "relaxed" } as const;
      const first = await a.writer(draft).submit(write("first", loose));
      await a.writer(draft).submit(write("second", loose));
      await b.createBranch("other", present(first.commit, "first commit"), null);
      await put(b, await b.branch("draft"), "kept");
      world.powerLoss();
      const c = await begin("c");
      expect(await rowsAt(c, "draft")).toBe(3);
    }
  });

  test("making a branch syncs the commit that it is made at once, and not where this process put it durably", async () => {
    const settled: string[] = [];
    const store = world.connect("counting");
    const counting = new Proxy(store, {
      get: (target, name) => {
        if (name === "settle")
          return async (keys: readonly string[]) => {
            settled.push(...keys);
            return store.settle(keys);
          };
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const log = await GraphLog.open(counting, world.process("counting"), { readOnly: false });
    const main = await log.branch("main");
    const foreign = await main.head();
    for (const name of ["one", "two"]) await log.createBranch(name, foreign, null);
    expect(settled).toEqual([slotKey(main.tag, foreign.address.slot)]);
    const own = await put(log, main, "own");
    settled.length = 0;
    await log.createBranch("three", own, null);
    expect(settled).toEqual([]);
  });

  /** A process that always ends between putting what all can see and syncing it; what begins with `never` it does not get to put. */
  function openUnsynced(id: string, never: string = "none"): Promise<GraphLog> {
    const store = world.connect(id);
    const unsynced = new Proxy(store, {
      get: (target, name) => {
        if (name === "settle") return async () => {};
        if (name === "putIfAbsent")
          return async (key: string, bytes: Uint8Array) =>
            key.startsWith(never) ? "unknown" : store.putIfAbsent(key, bytes, "relaxed");
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    return GraphLog.open(unsynced, world.process(id), { readOnly: false });
  }
});
