import { present, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { branchNames, put, removeBranch, rowsAt, writeOf } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";
import type { GraphLog } from "../graph-log.ts";
import type { WriteResult } from "../writing/request.ts";
import { recordKey, REFS_PREFIX } from "./names.ts";
import { encodeRef } from "./ref-record.ts";
import { Refs } from "./refs.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";

describe("when others do the same", () => {
  let world: LogWorld;
  const begin = (id: string): Promise<GraphLog> => world.open(id);

  beforeEach(async () => {
    world = await LogWorld.make();
  });

  test("of several makers of one name one wins", async () => {
    const logs = await Promise.all(["a", "b", "c", "d"].map(begin));
    const made = await Promise.allSettled(
      logs.map(async (log) => log.createBranch("draft", await log.head("main"), null)),
    );
    const won = made.filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const outcome of made)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ reason: "branch_exists" });
    const logIds = await Promise.all(logs.map(async (log) => (await log.branch("draft")).logId));
    expect(new Set(logIds).size).toBe(1);
  });

  test("records that others put while the newest is searched are no gap among them", async () => {
    const store = new MemoryObjects("records put meanwhile");
    const record = { kind: "deleted", logId: MAIN_LOG_ID } as const;
    const putAt = (number: number) => store.put(recordKey("draft", number), encodeRef(record));
    await putAt(0);
    let meanwhile = [1, 2];
    const unordered = overridden(store, {
      ordered: false,
      exists: async (key) => {
        const found = await store.exists(key);
        // Both come after it was seen that the first of them is free.
        if (!found && key === recordKey("draft", 1)) {
          for (const number of meanwhile) await putAt(number);
          meanwhile = [];
        }
        return found;
      },
    });
    const refs = new Refs(unordered, systemEnvironment, "read");
    expect((await refs.newest("draft"))?.number).toBe(2);
  });

  test("a branch whose record is there, and finds no room to be synced, is not said to be refused", async () => {
    const log = await begin("a");
    const at = await log.head("main");
    const key = recordKey("draft", 0);
    world.fate = (call) =>
      call.key !== key || call.operation === "get" ? null : { fate: "full", delayMs: 1, isHeld: true };
    await expect(log.createBranch("draft", at, null)).rejects.toMatchObject({ reason: "outcome_unknown" });
    world.fate = () => null;
    expect(await branchNames(await begin("b"))).toEqual(["draft", "main"]);
    // What a store without room says at once is so.
    world.fate = (call) =>
      call.key === recordKey("other", 0) && call.operation === "putIfAbsent"
        ? { fate: "full", delayMs: 1, isHeld: false }
        : null;
    await expect(log.createBranch("other", at, null)).rejects.toMatchObject({ reason: "store_full" });
    expect(await branchNames(await begin("c"))).toEqual(["draft", "main"]);
  });

  test("a lost answer loses no branch and makes no second one", async () => {
    const log = await begin("a");
    const at = await log.head("main");
    let lost = 0;
    world.fate = ({ operation, key }) =>
      operation === "putIfAbsent" && key.startsWith(REFS_PREFIX) && lost++ === 0
        ? { fate: "lost", delayMs: 1, timeoutMs: 100 }
        : null;
    const { logId } = await log.createBranch("draft", at, null);
    expect(lost).toBe(1);
    expect((await (await begin("b")).branch("draft")).logId).toBe(logId);
  });

  test("writes and a deletion have one order, and nothing is acknowledged that is not there", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await a.createBranch("draft", await a.head("main"), null);
    const draft = await b.branch("draft");
    await put(b, draft, "first");
    world.fate = () => ({ fate: "answered", delayMs: 0.5, answerMs: 0.5, repeatMs: null });
    const writer = b.writer(draft);
    const random = new SeededRandom(7);
    const busy = async (client: number): Promise<readonly PromiseSettledResult<WriteResult>[]> => {
      const found: PromiseSettledResult<WriteResult>[] = [];
      for (let i = 0; i < 60; i++) {
        found.push(...(await Promise.allSettled([writer.submit(writeOf(`${client} ${i}`))])));
        await world.objects.process("b").clock.sleep(100 * random.next());
      }
      return found;
    };
    const clients = [0, 1, 2, 3].map(busy);
    await world.objects.process("a").clock.sleep(3);
    await removeBranch(a, "draft");
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

  test("of two deletions one gets branch_not_found", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await a.createBranch("draft", await a.head("main"), null);
    await b.head("draft");
    const outcomes = await Promise.allSettled([removeBranch(a, "draft"), removeBranch(b, "draft")]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("the seal alone deletes the branch, without the tombstone", async () => {
    const log = await begin("a");
    await log.createBranch("draft", await log.head("main"), null);
    world.fate = ({ operation, key }) =>
      operation === "putIfAbsent" && key.startsWith(REFS_PREFIX) ? { fate: "refused", delayMs: 1 } : null;
    await removeBranch(log, "draft");
    world.fate = () => null;
    expect(world.objects.keys().filter((key) => key.startsWith(REFS_PREFIX))).toEqual([
      recordKey("draft", 0),
    ]);
    const other = await begin("b");
    expect(await branchNames(other)).toEqual(["main"]);
    await expect(other.head("draft")).rejects.toMatchObject({ reason: "branch_not_found" });
    await other.createBranch("draft", await other.head("main"), null);
    expect(await branchNames(log)).toEqual(["draft", "main"]);
  });

  test("a log can be written before it has a name, and stays invisible if its maker dies", async () => {
    const log = await begin("a");
    const fork = await log.fork("draft", await log.head("main"), null);
    await put(log, fork.branch, "a");
    const other = await begin("b");
    expect(await branchNames(other)).toEqual(["main"]);
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
    await writer.submit(writeOf("a", { ifCommit: at.header.id }));
    await expect(writer.submit(writeOf("b", { ifCommit: at.header.id }))).rejects.toMatchObject({
      reason: "precondition_failed",
    });
  });

  test("a repeated op gets the commit in slot 0", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    const draft = await a.createBranch("draft", await a.head("main"), null);
    const named = writeOf("a", { content: "00" });
    const first = await a.writer(draft).submit(named);
    const second = await b.writer(await b.branch("draft")).submit(named);
    expect(second).toMatchObject({ repeated: true });
    expect(second.commit?.header.id).toBe(first.commit?.header.id);
  });

  test("power loss takes no branch whose commit was acknowledged by another process", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = await LogWorld.make(seed);
      const [a, b] = [await openUnsynced("a"), await begin("b")];
      await a.createBranch("draft", await a.head("main"), null);
      await put(b, await b.branch("draft"), "kept");
      world.objects.powerLoss();
      const c = await begin("c");
      expect(await rowsAt(c, "draft")).toBe(1);
    }
  });

  test("power loss takes no seal on which a later branch of the name depends", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = await LogWorld.make(seed);
      const [a, b] = [await openUnsynced("a", REFS_PREFIX), await begin("b")];
      const { logId } = await b.createBranch("draft", await b.head("main"), null);
      await removeBranch(a, "draft");
      await b.createBranch("draft", await b.head("main"), null);
      world.objects.powerLoss();
      expect(world.objects.keys()).toContain(slotKey(logId, 0));
    }
  });

  test("power loss takes no branch that goes on after a fork of it was made", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      world = await LogWorld.make(seed);
      const [a, b] = [await openUnsynced("a"), await begin("b")];
      const draft = await a.createBranch("draft", await a.head("main"), null);
      const loose = { durability: "relaxed" } as const;
      const first = await a.writer(draft).submit(writeOf("first", loose));
      await a.writer(draft).submit(writeOf("second", loose));
      await b.createBranch("other", present(first.commit, "first commit"), null);
      await put(b, await b.branch("draft"), "kept");
      world.objects.powerLoss();
      const c = await begin("c");
      expect(await rowsAt(c, "draft")).toBe(3);
    }
  });

  test("making a branch syncs the commit at which it is made once, and not if this process put it durably", async () => {
    const { log, synced } = await openCounting();
    const main = await log.branch("main");
    const foreign = await main.head();
    for (const name of ["one", "two"]) await log.createBranch(name, foreign, null);
    expect(synced).toEqual([slotKey(main.logId, foreign.address.slot)]);
    const own = await put(log, main, "own");
    synced.length = 0;
    await log.createBranch("three", own, null);
    expect(synced).toEqual([]);
  });

  test("making a branch of a deleted name syncs the tombstone, and not if this process put it", async () => {
    const [{ log, synced }, other] = [await openCounting(), await begin("other")];
    const head = await put(log, await log.branch("main"), "own");
    for (const deleter of [log, other]) {
      await log.createBranch("draft", head, null);
      await removeBranch(deleter, "draft");
      synced.length = 0;
      await log.createBranch("draft", head, null);
      expect(synced).toEqual(deleter === log ? [] : [recordKey("draft", 5)]);
      await removeBranch(log, "draft");
    }
  });

  /** A process, and the keys that it has synced. */
  async function openCounting(): Promise<{ readonly log: GraphLog; readonly synced: string[] }> {
    const synced: string[] = [];
    const store = world.objects.connect("counting");
    const counting = overridden(store, {
      sync: async (keys) => {
        synced.push(...keys);
        return store.sync(keys);
      },
    });
    return { log: await world.open("counting", counting), synced };
  }

  /** A process that always ends between putting what all can see and syncing it; what begins with `never` it does not get to put. */
  function openUnsynced(id: string, never: string = "none"): Promise<GraphLog> {
    const store = world.objects.connect(id);
    const unsynced = overridden(store, {
      sync: async () => {},
      putIfAbsent: async (key, bytes) =>
        key.startsWith(never) ? "unknown" : store.putIfAbsent(key, bytes, "relaxed"),
    });
    return world.open(id, unsynced);
  }
});
