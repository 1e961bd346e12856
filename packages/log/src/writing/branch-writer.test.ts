import { OmnigraphError } from "@omnigraph/base";
import { idTextIn, NOTHING, type ObjectStore } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { draftOf, writeOf } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";
import type { CommitDraft } from "../commit/draft.ts";
import { GraphLog } from "../graph-log.ts";
import { opOfKey } from "./op.ts";
import type { WriteBase } from "./request.ts";
import type { CallPlan, SimulatedCall } from "../../../../tests/support/simulation/network.ts";

const LOST: CallPlan = { fate: "lost", delayMs: 1, timeoutMs: 100 };
const NEVER: CallPlan = { fate: "refused", delayMs: 1 };

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

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

function isCommitPut({ operation, key }: SimulatedCall): boolean {
  return operation === "putIfAbsent" && key.endsWith(".commit");
}

describe("conflicts with other writers", () => {
  test("a write that conflicts with nothing keeps its draft and takes the next slot", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    await a.writer.submit(writeOf("a"));
    let evaluations = 0;
    const evaluate = (): CommitDraft => (evaluations++, draftOf("a"));
    const { commit } = await b.writer.submit(writeOf("a", { evaluate }));
    expect([commit?.address.slot, evaluations]).toEqual([2, 1]);
  });

  test("a draft that conflicts with a commit is evaluated again upon it", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    const first = await a.writer.submit(writeOf("a"));
    const bases: string[] = [];
    const asked: string[] = [];
    const evaluate = ({ head }: WriteBase): CommitDraft => {
      bases.push(head.header.kind);
      return draftOf("b", {
        conflictsWith: (theirs) => asked.push(...theirs.map(({ after }) => idTextIn(after, "id", 0))) > 0,
      });
    };
    const { commit } = await b.writer.submit(writeOf("a", { evaluate }));
    expect(bases).toEqual(["genesis", "mutation"]);
    expect(asked).toEqual(["a"]);
    expect(commit?.header.parents).toEqual([first.commit?.header.id]);
  });

  test("a draft that is to be refused on a conflict is, and nothing is written", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    const genesis = await b.main.head();
    const first = await a.writer.submit(writeOf("a"));
    const evaluate = (): CommitDraft => draftOf("a", { conflictsWith: () => true, onConflict: "conflict" });
    await expect(b.writer.submit(writeOf("a", { evaluate }))).rejects.toMatchObject({
      reason: "read_set_conflict",
      details: {
        read_set_conflict: {
          member: "graph_head",
          expected: genesis.header.id,
          actual: first.commit?.header.id,
        },
      },
    });
    expect(world.commits()).toBe(2);
  });

  test("writes of a batch that built upon one that is out are evaluated again", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    await a.writer.submit(writeOf("a"));
    const seen: number[] = [];
    const refused = b.writer.submit(
      writeOf("a", { evaluate: () => draftOf("a", { conflictsWith: () => true, onConflict: "conflict" }) }),
    );
    const later = b.writer.submit(
      writeOf("a", { evaluate: ({ pending }) => (seen.push(pending.length), draftOf("a")) }),
    );
    await expect(refused).rejects.toMatchObject({ reason: "read_set_conflict" });
    expect((await later).commit?.address).toEqual({ logId: MAIN_LOG_ID, slot: 2, index: 0 });
    expect(seen).toEqual([1, 0]);
  });

  test("an answer without a commit is given only at the head", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    await a.writer.submit(writeOf("a"));
    const bases: string[] = [];
    const evaluate = ({ head }: WriteBase): CommitDraft => {
      bases.push(head.header.kind);
      if (bases.length === 1) throw new Error("seen too early");
      return NOTHING;
    };
    expect(await b.writer.submit(writeOf("a", { evaluate }))).toEqual({
      draft: NOTHING,
      commit: null,
      repeated: false,
    });
    expect(bases).toEqual(["genesis", "mutation"]);
  });

  test("who always comes second gives up", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    const evaluate = async (): Promise<CommitDraft> => {
      await a.writer.submit(writeOf("a"));
      return draftOf("a", { conflictsWith: () => true });
    };
    await expect(b.writer.submit(writeOf("a", { evaluate }))).rejects.toMatchObject({
      reason: "too_contended",
    });
  });
});

describe("answers that do not come", () => {
  test("a lost answer is no failure: the object in the slot is recognised", async () => {
    const a = await world.begin("a");
    let lost = 0;
    world.fate = (call) => (isCommitPut(call) && lost++ === 0 ? LOST : null);
    const { commit } = await a.writer.submit(writeOf("a"));
    expect([commit?.address.slot, lost, world.commits()]).toEqual([1, 1, 2]);
    world.objects.powerLoss();
    expect(world.commits()).toBe(2);
  });

  test("a put that never happened is sent again to the same slot", async () => {
    const a = await world.begin("a");
    let sent = 0;
    world.fate = (call) => (isCommitPut(call) && sent++ < 3 ? NEVER : null);
    const { commit } = await a.writer.submit(writeOf("a"));
    expect([commit?.address.slot, sent]).toEqual([1, 4]);
  });

  test("without any answer the outcome is unknown, and a repetition under the op finds what landed", async () => {
    const a = await world.begin("a");
    await a.main.head();
    const asked = writeOf("a", { content: "ff" });
    world.fate = (call) => (isCommitPut(call) ? LOST : call.operation === "get" ? NEVER : null);
    await expect(a.writer.submit(asked)).rejects.toMatchObject({
      reason: "outcome_unknown",
      details: { op: asked.op, incarnation: MAIN_LOG_ID, slot: 1 },
    });
    world.fate = () => null;
    const b = await world.begin("b");
    expect(await b.writer.submit(asked)).toMatchObject({ repeated: true, commit: { address: { slot: 1 } } });
    world.objects.powerLoss();
    expect(world.commits()).toBe(2);
  });

  test("a store that takes the put and then refuses to be read leaves the outcome unknown", async () => {
    const a = await world.begin("a");
    await a.main.head();
    const store = refusingToRead(world.objects.connect("a"));
    const log = await GraphLog.open(store, world.objects.process("a"), { readOnly: false });
    const main = await log.branch("main");
    await main.head();
    world.fate = (call) => (isCommitPut(call) ? LOST : null);
    await expect(log.writer(main).submit(writeOf("a"))).rejects.toMatchObject({ reason: "outcome_unknown" });
    expect(world.commits()).toBe(2);
  });

  test("what the store refuses is not written, and the next write goes on", async () => {
    const a = await world.begin("a");
    await a.main.head();
    world.objects.damage(slotKey(MAIN_LOG_ID, 0), Buffer.from("x")); // the head is known: it is not read again
    const { commit } = await a.writer.submit(writeOf("a"));
    expect(commit?.address.slot).toBe(1);
  });
});

describe("conditions and ops", () => {
  test("a condition holds at the head and after maintenance, and fails after a change", async () => {
    const a = await world.begin("a");
    const genesis = await a.main.head();
    const silent = (): CommitDraft => ({ ...NOTHING, commits: true });
    await a.writer.submit(writeOf("a", { kind: "maintenance", evaluate: silent }));
    const ifCommit = genesis.header.id;
    const { commit } = await a.writer.submit(writeOf("a", { ifCommit }));
    expect(commit?.header.depth).toBe(3);
    await expect(a.writer.submit(writeOf("a", { ifCommit }))).rejects.toMatchObject({
      reason: "precondition_failed",
      details: { precondition_failure: { expected: ifCommit, actual: commit?.header.id } },
    });
  });

  test.each(["nonsense", "01M839X0JJ0000000000000990"])("the condition %s never holds", async (ifCommit) => {
    const a = await world.begin("a");
    await expect(a.writer.submit(writeOf("a", { ifCommit }))).rejects.toMatchObject({
      reason: "precondition_failed",
    });
    expect(world.commits()).toBe(1);
  });

  test("of two conditional writes at once one wins", async () => {
    const a = await world.begin("a");
    const { id } = (await a.main.head()).header;
    const both = [writeOf("a", { ifCommit: id }), writeOf("a", { ifCommit: id })].map((each) =>
      a.writer.submit(each),
    );
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("a condition on what another process wrote is met by looking", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    const { commit } = await a.writer.submit(writeOf("a"));
    const ifCommit = commit?.header.id ?? null;
    expect((await b.writer.submit(writeOf("a", { ifCommit }))).commit?.address.slot).toBe(2);
  });

  test("a repeated op answers the first commit, also from another process and at once", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    const asked = writeOf("a", { content: "01" });
    const [first, second] = await Promise.all([a.writer.submit(asked), a.writer.submit(asked)]);
    const third = await b.writer.submit(asked);
    expect([first.repeated, second.repeated, third.repeated]).toEqual([false, true, true]);
    expect(second.commit?.header.id).toBe(first.commit?.header.id);
    expect(third.commit?.header.id).toBe(first.commit?.header.id);
    expect(world.commits()).toBe(2);
  });

  test("a repetition does not conflict with the commit of its own op that comes late", async () => {
    const [a, b] = [await world.begin("a"), await world.begin("b")];
    await b.main.head();
    const asked = writeOf("a", { content: "01" });
    // The call before it, which had no answer, is put between the evaluation of this one and its put.
    const evaluate = async (): Promise<CommitDraft> => {
      await a.writer.submit(asked);
      return draftOf("a", { conflictsWith: () => true, onConflict: "conflict" });
    };
    const { repeated, commit } = await b.writer.submit({ ...asked, evaluate });
    expect([repeated, commit?.header.op, world.commits()]).toEqual([true, asked.op, 2]);
  });

  test("an op with other content is refused", async () => {
    const a = await world.begin("a");
    const asked = writeOf("a", { content: "01" });
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
