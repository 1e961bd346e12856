import { OmnigraphError, SimulatedTime, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import {
  calmNetwork,
  type CallPlan,
  type ChangeSet,
  idColumn,
  type ObjectStore,
  type PutOutcome,
  type SimulatedCall,
  SimulatedObjects,
} from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { MAIN_TAG, slotKey } from "../address.ts";
import type { Changes, CommitRecord } from "../commit/header.ts";
import { GraphLog } from "../graph-log.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import type { BranchWriter } from "./branch-writer.ts";
import { opOfKey } from "./op.ts";
import type { Draft, Write, WriteBase } from "./write.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const LOST: CallPlan = { fate: "lost", delayMs: 1, timeoutMs: 100 };
const NEVER: CallPlan = { fate: "refused", delayMs: 1 };

/** What befalls calls, decided by a test; null: nothing. */
let fate: (call: SimulatedCall) => CallPlan | null;
let world: SimulatedObjects;

interface Process {
  readonly log: GraphLog;
  readonly main: BranchLog;
  readonly writer: BranchWriter;
  readonly mint: () => string;
}

beforeEach(() => makeWorld(1));

async function makeWorld(seed: number): Promise<void> {
  fate = () => null;
  const network = { plan: (call: SimulatedCall) => fate(call) ?? calmNetwork.plan(call) };
  world = new SimulatedObjects(new SimulatedTime(), network, seed);
  const options = { schema: Buffer.from("{}"), actor: null, message: null };
  await GraphLog.init(world.connect("maker"), world.process("maker"), options);
}

async function begin(id: string): Promise<Process> {
  const log = await GraphLog.open(world.connect(id), world.process(id), { readOnly: false });
  const main = await log.branch("main");
  return { log, main, writer: log.writer(main), mint: ulidFactory(world.process(id)) };
}

function inserted(...ids: readonly string[]): ChangeSet {
  const after = { length: ids.length, columns: new Map([["id", idColumn(ids)] as const]) };
  return [{ type: TYPE, updated: 0, after, before: { length: 0, columns: new Map() } }];
}

function draft(parts: Partial<Draft> = {}): Draft {
  return {
    kind: "mutation",
    changes: { kind: "rows", rows: inserted("a"), replaced: [] },
    counts: new Map([[TYPE, 1]]),
    schema: null,
    meets: () => false,
    onMeeting: "evaluate_again",
    ...parts,
  };
}

function write(process: Process, parts: Partial<Write> = {}): Write {
  return {
    op: process.mint(),
    content: null,
    actor: "ann",
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => draft(),
    ...parts,
  };
}

/** A store that denies reading once something was put. */
function refusingToRead(store: ObjectStore): ObjectStore {
  let refuses = false;
  const calls: Partial<ObjectStore> = {
    get: (key, signal) =>
      refuses ? Promise.reject(new OmnigraphError("store_denied", "no reading")) : store.get(key, signal),
    putIfAbsent: (key, bytes, durability) => {
      refuses = true;
      return store.putIfAbsent(key, bytes, durability);
    },
  };
  return overridden(store, calls);
}

function overridden(store: ObjectStore, calls: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function commits(): number {
  return world.keys().filter((key) => key.endsWith(".commit")).length;
}

function isCommitPut({ operation, key }: SimulatedCall): boolean {
  return operation === "putIfAbsent" && key.endsWith(".commit");
}

describe("meeting other writers", () => {
  test("a write that meets nothing keeps its draft and takes the next slot", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await b.main.head();
    await a.writer.submit(write(a));
    let evaluations = 0;
    const evaluate = (): Draft => (evaluations++, draft());
    const { commit } = await b.writer.submit(write(b, { evaluate }));
    expect([commit?.address.slot, evaluations]).toEqual([2, 1]);
  });

  test("a draft that meets a commit is evaluated again upon it", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await b.main.head();
    const first = await a.writer.submit(write(a));
    const bases: string[] = [];
    const met: string[] = [];
    const evaluate = ({ head }: WriteBase): Draft => {
      bases.push(head.header.kind);
      return draft({ meets: (theirs) => met.push(theirs.header.id) > 0 });
    };
    const { commit } = await b.writer.submit(write(b, { evaluate }));
    expect(bases).toEqual(["genesis", "mutation"]);
    expect(met).toEqual([first.commit?.header.id]);
    expect(commit?.header.parents).toEqual([first.commit?.header.id]);
  });

  test("a draft that must not is refused, and nothing is written", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    const genesis = await b.main.head();
    const first = await a.writer.submit(write(a));
    const evaluate = (): Draft => draft({ meets: () => true, onMeeting: "conflict" });
    await expect(b.writer.submit(write(b, { evaluate }))).rejects.toMatchObject({
      reason: "read_set_conflict",
      details: {
        read_set_conflict: {
          member: "graph_head",
          expected: genesis.header.id,
          actual: first.commit?.header.id,
        },
      },
    });
    expect(commits()).toBe(2);
  });

  test("members of a batch that built upon one that is out are evaluated again", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await b.main.head();
    await a.writer.submit(write(a));
    const seen: number[] = [];
    const refused = b.writer.submit(
      write(b, { evaluate: () => draft({ meets: () => true, onMeeting: "conflict" }) }),
    );
    const later = b.writer.submit(
      write(b, { evaluate: ({ pending }) => (seen.push(pending.length), draft()) }),
    );
    await expect(refused).rejects.toMatchObject({ reason: "read_set_conflict" });
    expect((await later).commit?.address).toEqual({ tag: MAIN_TAG, slot: 2, index: 0 });
    expect(seen).toEqual([1, 0]);
  });

  test("an answer without a commit is given only at the head", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await b.main.head();
    await a.writer.submit(write(a));
    const bases: string[] = [];
    const evaluate = ({ head }: WriteBase): Draft | null => {
      bases.push(head.header.kind);
      if (bases.length === 1) throw new Error("seen too early");
      return null;
    };
    expect(await b.writer.submit(write(b, { evaluate }))).toEqual({ commit: null, repeated: false });
    expect(bases).toEqual(["genesis", "mutation"]);
  });

  test("who always comes second gives up", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    const evaluate = async (): Promise<Draft> => {
      await a.writer.submit(write(a));
      return draft({ meets: () => true });
    };
    await expect(b.writer.submit(write(b, { evaluate }))).rejects.toMatchObject({ reason: "too_contended" });
  });
});

describe("answers that do not come", () => {
  test("a lost answer is no failure: the object in the slot is recognised", async () => {
    const a = await begin("a");
    let lost = 0;
    fate = (call) => (isCommitPut(call) && lost++ === 0 ? LOST : null);
    const { commit } = await a.writer.submit(write(a));
    expect([commit?.address.slot, lost, commits()]).toEqual([1, 1, 2]);
    world.powerLoss();
    expect(commits()).toBe(2);
  });

  test("a put that never happened is sent again to the same slot", async () => {
    const a = await begin("a");
    let sent = 0;
    fate = (call) => (isCommitPut(call) && sent++ < 3 ? NEVER : null);
    const { commit } = await a.writer.submit(write(a));
    expect([commit?.address.slot, sent]).toEqual([1, 4]);
  });

  test("without any answer the outcome is unknown, and a repetition under the op finds what landed", async () => {
    const a = await begin("a");
    await a.main.head();
    const asked = write(a, { content: "ff" });
    fate = (call) => (isCommitPut(call) ? LOST : call.operation === "get" ? NEVER : null);
    await expect(a.writer.submit(asked)).rejects.toMatchObject({
      reason: "outcome_unknown",
      details: { op: asked.op, incarnation: MAIN_TAG, slot: 1 },
    });
    fate = () => null;
    const b = await begin("b");
    expect(await b.writer.submit(asked)).toMatchObject({ repeated: true, commit: { address: { slot: 1 } } });
    world.powerLoss();
    expect(commits()).toBe(2);
  });

  test("a store that takes the put and then refuses to be read leaves the outcome unknown", async () => {
    const a = await begin("a");
    await a.main.head();
    const store = refusingToRead(world.connect("a"));
    const log = await GraphLog.open(store, world.process("a"), { readOnly: false });
    const main = await log.branch("main");
    await main.head();
    fate = (call) => (isCommitPut(call) ? LOST : null);
    await expect(log.writer(main).submit(write(a))).rejects.toMatchObject({ reason: "outcome_unknown" });
    expect(commits()).toBe(2);
  });

  test("what the store refuses is not written, and the next write goes on", async () => {
    const a = await begin("a");
    await a.main.head();
    world.damage(slotKey(MAIN_TAG, 0), Buffer.from("x")); // the head is known: it is not read again
    const { commit } = await a.writer.submit(write(a));
    expect(commit?.address.slot).toBe(1);
  });
});

describe("conditions and ops", () => {
  test("a condition holds at the head and after maintenance, and fails after a change", async () => {
    const a = await begin("a");
    const genesis = await a.main.head();
    const nothing: Changes = { kind: "rows", rows: [], replaced: [] };
    const silent = (): Draft => draft({ kind: "maintenance", changes: nothing, counts: new Map() });
    await a.writer.submit(write(a, { evaluate: silent }));
    const ifCommit = genesis.header.id;
    const { commit } = await a.writer.submit(write(a, { ifCommit }));
    expect(commit?.header.depth).toBe(3);
    await expect(a.writer.submit(write(a, { ifCommit }))).rejects.toMatchObject({
      reason: "precondition_failed",
      details: { precondition_failure: { expected: ifCommit, actual: commit?.header.id } },
    });
  });

  test.each(["nonsense", "01M839X0JJ0000000000000990"])("the condition %s never holds", async (ifCommit) => {
    const a = await begin("a");
    await expect(a.writer.submit(write(a, { ifCommit }))).rejects.toMatchObject({
      reason: "precondition_failed",
    });
    expect(commits()).toBe(1);
  });

  test("of two conditional writes at once one wins", async () => {
    const a = await begin("a");
    const { id } = (await a.main.head()).header;
    const both = [write(a, { ifCommit: id }), write(a, { ifCommit: id })].map((each) =>
      a.writer.submit(each),
    );
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("a condition on what another process wrote is met by looking", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await b.main.head();
    const { commit } = await a.writer.submit(write(a));
    const ifCommit = commit?.header.id ?? null;
    expect((await b.writer.submit(write(b, { ifCommit }))).commit?.address.slot).toBe(2);
  });

  test("a repeated op answers the first commit, also from another process and at once", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    const asked = write(a, { content: "01" });
    const [first, second] = await Promise.all([a.writer.submit(asked), a.writer.submit(asked)]);
    const third = await b.writer.submit(asked);
    expect([first.repeated, second.repeated, third.repeated]).toEqual([false, true, true]);
    expect(second.commit?.header.id).toBe(first.commit?.header.id);
    expect(third.commit?.header.id).toBe(first.commit?.header.id);
    expect(commits()).toBe(2);
  });

  test("an op with other content is refused", async () => {
    const a = await begin("a");
    const asked = write(a, { content: "01" });
    await a.writer.submit(asked);
    await expect(a.writer.submit({ ...asked, content: "02" })).rejects.toMatchObject({
      reason: "op_reused",
      details: { op: asked.op, slot: 1 },
    });
  });

  test("an idempotency key is an op", () => {
    expect(opOfKey("01M839X0JJ0000000000000990")).toBe("01M839X0JJ0000000000000990");
    expect(opOfKey("order 17")).toMatch(/^[0-7][0-9A-Z]{25}$/);
    expect(opOfKey("order 17")).toBe(opOfKey("order 17"));
    expect(opOfKey("order 18")).not.toBe(opOfKey("order 17"));
  });
});

describe("batches", () => {
  test("each is evaluated upon the ones before it", async () => {
    const a = await begin("a");
    const seen: number[] = [];
    const evaluate = ({ pending }: WriteBase): Draft => (seen.push(pending.length), draft());
    const results = await Promise.all([1, 2, 3].map(() => a.writer.submit(write(a, { evaluate }))));
    expect(seen).toEqual([0, 1, 2]);
    expect(results.map(({ commit }) => commit?.address.index)).toEqual([0, 1, 2]);
    const head = await (await begin("b")).main.head();
    expect([head.header.counts.get(TYPE), head.header.depth]).toEqual([3, 4]);
  });

  test("one that fails does not keep the others back", async () => {
    const a = await begin("a");
    const failing = write(a, {
      evaluate: () => {
        throw new Error("no");
      },
    });
    const settled = await Promise.allSettled(
      [write(a), failing, write(a)].map((each) => a.writer.submit(each)),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(commits()).toBe(2);
  });

  test("an object does not outgrow the limit of inline rows", async () => {
    const a = await begin("a");
    const large = inserted(...Array.from({ length: 3 }, (_, i) => String(i).repeat(1 << 20)));
    const evaluate = (): Draft => draft({ changes: { kind: "rows", rows: large, replaced: [] } });
    const results = await Promise.all([1, 2, 3].map(() => a.writer.submit(write(a, { evaluate }))));
    expect(results.map(({ commit }) => commit?.address.slot)).toEqual([1, 2, 3]);
  });

  test("what is evaluated after a draft of tables waits for its commit", async () => {
    const a = await begin("a");
    const entry = { staging: "s", type: TYPE, version: 1, rows: 1, gone: 0, columns: {} };
    const staged = draft({ changes: { kind: "layers", layers: [entry], replaced: [] } });
    const bases: number[] = [];
    const evaluate = ({ head }: WriteBase): Draft => (bases.push(head.address.slot), draft());
    await Promise.all(
      [write(a, { evaluate: () => staged }), write(a, { evaluate })].map((each) => a.writer.submit(each)),
    );
    expect(bases).toEqual([1]);
  });

  test("a write is taken back while it waits", async () => {
    const a = await begin("a");
    const stop = new AbortController();
    const submitted = a.writer.submit(write(a, { signal: stop.signal }));
    stop.abort();
    await expect(submitted).rejects.toMatchObject({ reason: "aborted" });
    expect(commits()).toBe(1);
  });

  test("a closed graph refuses what comes later, not what is under way", async () => {
    const a = await begin("a");
    const submitted = a.writer.submit(write(a));
    const closing = a.log.close();
    await expect(a.writer.submit(write(a))).rejects.toMatchObject({ reason: "closed" });
    await closing;
    expect((await submitted).commit?.address.slot).toBe(1);
  });
});

describe("durability", () => {
  test("a relaxed commit says so, and a durable one after it makes it last", async () => {
    const [a, b] = [await begin("a"), await begin("b")];
    await a.writer.submit(write(a, { durability: "relaxed" }));
    await b.writer.submit(write(b));
    world.powerLoss();
    const c = await begin("c");
    const head = await c.main.head();
    expect(head.address.slot).toBe(2);
    const object = Buffer.from(world.look(slotKey(MAIN_TAG, 1)) ?? []).toString("latin1");
    expect(object).toContain('"durability":"relaxed"');
  });

  test("a batch is as durable as its most durable member", async () => {
    const a = await begin("a");
    await Promise.all([a.writer.submit(write(a, { durability: "relaxed" })), a.writer.submit(write(a))]);
    expect(Buffer.from(world.look(slotKey(MAIN_TAG, 1)) ?? []).toString("latin1")).toContain(
      '"durability":"durable"',
    );
  });
});

describe("what others put but did not sync", () => {
  async function beginUnsynced(answer: PutOutcome): Promise<Process> {
    const store = unsynced(world.connect("a"), answer);
    const log = await GraphLog.open(store, world.process("a"), { readOnly: false });
    const main = await log.branch("main");
    return { log, main, writer: log.writer(main), mint: ulidFactory(world.process("a")) };
  }

  /** A store whose puts are seen by all, and never synced. */
  function unsynced(store: ObjectStore, answer: PutOutcome): ObjectStore {
    const putIfAbsent: ObjectStore["putIfAbsent"] = async (key, bytes) => {
      const outcome = await store.putIfAbsent(key, bytes, "relaxed");
      return outcome === "stored" ? answer : outcome;
    };
    return overridden(store, { putIfAbsent });
  }

  test.each([1, 2, 3, 4, 5, 6])("lasts before it answers for a repeated op (world %i)", async (seed) => {
    await makeWorld(seed);
    const a = await beginUnsynced("stored");
    const asked = write(a, { content: "ff" });
    await a.writer.submit(asked);
    world.crash("a");
    const b = await begin("b");
    expect((await b.writer.submit(asked)).repeated).toBe(true);
    world.powerLoss();
    expect(commits()).toBe(2);
  });

  test.each([1, 2, 3, 4, 5, 6])("lasts before its own writer is answered (world %i)", async (seed) => {
    await makeWorld(seed);
    const a = await beginUnsynced("unknown");
    expect((await a.writer.submit(write(a))).commit?.address.slot).toBe(1);
    world.powerLoss();
    expect(commits()).toBe(2);
  });
});

describe("prepared writes", () => {
  test("are published as they are where nothing came between", async () => {
    const a = await begin("a");
    const base = await a.main.head();
    const evaluate = (): Draft => {
      throw new Error("not to be evaluated");
    };
    const prepared = { base, draft: draft({ kind: "load" }) };
    expect((await a.writer.submit(write(a, { prepared, evaluate }))).commit?.header.kind).toBe("load");
  });

  test("are tested against everything since their base", async () => {
    const a = await begin("a");
    const base = await a.main.head();
    for (let i = 0; i < 3; i++) await a.writer.submit(write(a));
    const met: CommitRecord[] = [];
    const prepared = {
      base,
      draft: draft({ meets: (theirs) => met.push(theirs) === 3, onMeeting: "conflict" }),
    };
    await expect(a.writer.submit(write(a, { prepared }))).rejects.toMatchObject({
      reason: "read_set_conflict",
    });
    expect(met.map(({ address }) => address.slot)).toEqual([1, 2, 3]);
    const again = { base, draft: draft({ meets: () => true }) };
    const evaluate = (): Draft => draft({ kind: "schema" });
    const { commit } = await a.writer.submit(write(a, { prepared: again, evaluate }));
    expect(commit?.header.kind).toBe("schema");
  });
});
