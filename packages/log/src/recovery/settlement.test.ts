import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore, Reliance } from "@omnigraph/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import {
  commitsOf,
  keysOf,
  put,
  removeBranch,
  TYPE,
  writeOf,
} from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import type { CallPlan, SimulatedCall } from "../../../../tests/support/simulation/network.ts";
import type { GraphLog } from "../graph-log.ts";
import { opOfKey } from "../writing/op.ts";

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

function reliance(...ids: readonly string[]): Reliance {
  return { types: [], keys: new Map([[TYPE, ids]]), nodes: new Map(), merges: false };
}

/** A write by a process that ends right after a step. */
async function dead(
  step: Parameters<StagedWrite["upTo"]>[0],
  parts: ConstructorParameters<typeof StagedWrite>[3] = {},
  branch = "main",
): Promise<StagedWrite> {
  const store = world.objects.connect("owner");
  const log = await world.open("owner", store);
  const write = new StagedWrite(log, await log.branch(branch), store, parts);
  await write.upTo(step);
  world.objects.crash("owner");
  return write;
}

function leftIn(prefix: string): readonly string[] {
  return keysOf(world, prefix);
}

/** What is there once an attempt was given up: one commit that says so, and nothing that was staged. */
async function expectDiscarded(log: GraphLog, write: StagedWrite, branch = "main"): Promise<void> {
  const all = await commitsOf(log, branch);
  expect(all.filter(({ header }) => header.op === write.intent.staging)).toMatchObject([
    { header: { kind: "recovery", actor: "ann", recovered: false } },
  ]);
  expect(all.filter(({ header }) => header.op === write.request.op)).toEqual([]);
  expect([...leftIn("__recovery/"), ...leftIn("tables/")]).toEqual([]);
}

/** What is there once an attempt was published: its commit, as its owner would have made it, and its table. */
async function expectPublished(log: GraphLog, write: StagedWrite, recovered = true): Promise<void> {
  const all = await commitsOf(log);
  expect(all.filter(({ header }) => header.op === write.request.op)).toMatchObject([
    {
      header: { kind: write.request.kind, actor: "ann", message: "by table", recovered },
      changes: write.draft.changes,
    },
  ]);
  expect(all.filter(({ header }) => header.kind === "recovery")).toEqual([]);
  expect(leftIn("__recovery/")).toEqual([]);
  expect(leftIn("tables/")).toEqual([write.tableKey]);
}

describe("an intent without an owner", () => {
  test.each(["begun", "table"] as const)(
    "an attempt is given up where it got no further than %s",
    async (step) => {
      const write = await dead(step);
      const log = await world.open("settler");
      expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
      await expectDiscarded(log, write);
      expect((await log.head("main")).header.message).toContain("not everything was staged");
      expect(await log.intents.settle()).toEqual([]);
      expect(await commitsOf(log)).toHaveLength(2);
    },
  );

  test("an attempt is published as its owner would have done where all was staged", async () => {
    const key = opOfKey("mine");
    const write = await dead("staged", { op: key, content: "ab" });
    const announced = write.intent.record.authoredAt;
    const log = await world.open("settler");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "published" } }]);
    await expectPublished(log, write);
    const { header } = await log.head("main");
    expect(header).toMatchObject({ op: key, content: "ab", authoredAt: announced });
    expect(header.createdAt).toBeGreaterThan(announced);
    // The client that asks again is answered with it.
    const repeated = await log
      .writer(await log.branch("main"))
      .submit(writeOf("x", { op: key, content: "ab" }));
    expect(repeated).toMatchObject({ repeated: true, commit: { header: { id: header.id } } });
  });

  test("an intent is only removed where its commit is there", async () => {
    const write = await dead("published");
    const log = await world.open("settler");
    await put(log, await log.branch("main"), "a");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "published" } }]);
    await expectPublished(log, write, false);
  });

  test("an attempt is given up where another commit came first", async () => {
    const write = await dead("staged");
    const log = await world.open("settler");
    const first = await put(log, await log.branch("main"), "a");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
    await expectDiscarded(log, write);
    expect((await log.head("main")).header.message).toContain(`commit ${first.header.id} came before it`);
  });

  test("an attempt that says what it relied on is published after commits that leave that alone", async () => {
    const reliesOn = reliance("b");
    const write = await dead("staged", { reliesOn });
    const log = await world.open("settler");
    const main = await log.branch("main");
    await put(log, main, "a");
    await put(log, main, "c");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "published" } }]);
    await expectPublished(log, write);
    expect((await commitsOf(log)).map(({ header }) => header.kind)).toEqual([
      "genesis",
      "mutation",
      "mutation",
      "load",
    ]);
  });

  test("an attempt is given up where a commit changed what it relied on", async () => {
    const write = await dead("staged", { reliesOn: reliance("b") });
    const log = await world.open("settler");
    const main = await log.branch("main");
    await put(log, main, "a");
    const second = await put(log, main, "b");
    await put(log, main, "c");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
    await expectDiscarded(log, write);
    expect((await log.head("main")).header.message).toContain(`commit ${second.header.id} came before it`);
  });

  test("an attempt that says what it relied on is withdrawn by a commit, whatever came since its base", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const main = await owner.branch("main");
    const write = new StagedWrite(owner, main, store, { reliesOn: reliance("b") });
    await write.upTo("staged");
    await put(owner, main, "a");
    await owner.intents.withdraw(write.intent);
    await expectDiscarded(owner, write);
  });

  test("an attempt is published after commits that change nothing", async () => {
    const begun = await dead("begun");
    const log = await world.open("settler");
    await log.intents.settle();
    await expectDiscarded(log, begun);
    const write = await dead("staged");
    const other = await dead("table");
    await log.intents.settle();
    const all = await commitsOf(log);
    expect(all.filter(({ header }) => header.op === write.request.op)).toHaveLength(1);
    expect(all.filter(({ header }) => header.op === other.intent.staging)).toHaveLength(1);
    expect(leftIn("tables/")).toEqual([write.tableKey]);
  });

  test("an attempt is given up where its condition failed", async () => {
    const log = await world.open("settler");
    const main = await log.branch("main");
    const { header } = await main.head();
    await put(log, main, "a");
    const write = await dead("staged", { ifCommit: header.id });
    await log.intents.settle();
    await expectDiscarded(log, write);
  });

  test("an intent goes with its branch, without a commit", async () => {
    const log = await world.open("settler");
    await log.createBranch("draft", await log.head("main"), null);
    await dead("staged", {}, "draft");
    await dead("table", {}, "draft");
    await removeBranch(log, "draft");
    const before = world.commits();
    expect(await log.intents.settle()).toMatchObject([
      { outcome: { kind: "sealed" } },
      { outcome: { kind: "sealed" } },
    ]);
    expect([...leftIn("__recovery/"), ...leftIn("tables/")]).toEqual([]);
    expect(world.commits()).toBe(before);
  });

  test("an attempt is given up in its log where its branch was never made", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const fork = await owner.fork("draft", await owner.head("main"), null);
    const write = new StagedWrite(owner, fork.branch, store);
    await write.upTo("staged");
    world.objects.crash("owner");
    const log = await world.open("settler");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
    expect([...leftIn("__recovery/"), ...leftIn("tables/")]).toEqual([]);
    expect(await log.commits(fork.branch.logId, 0, 0)).toMatchObject([
      { header: { kind: "recovery", op: write.intent.staging } },
    ]);
    expect(await commitsOf(log)).toHaveLength(1);
    expect(await log.intents.settle()).toEqual([]);
  });

  test("an intent of another graph stays, and stops no other", async () => {
    const write = await dead("staged");
    const key = `__recovery/${write.intent.staging}.json`;
    const json: object = JSON.parse(Buffer.from(world.objects.look(key) ?? []).toString());
    world.objects.damage(key, Buffer.from(JSON.stringify({ ...json, base: "01KDVGKC00AAAAAAAAA0000000" })));
    const other = await dead("table");
    const log = await world.open("settler");
    const settled = await log.intents.settle();
    expect(settled.map(({ outcome }) => outcome.kind).toSorted()).toEqual(["discarded", "failed"]);
    expect(leftIn("__recovery/").every((left) => left.includes(write.intent.staging))).toBe(true);
    expect(leftIn(`tables/${other.intent.staging}`)).toEqual([]);
    expect(leftIn("tables/")).toEqual([write.tableKey]);
  });
});

describe("an owner that is not dead", () => {
  test("an owner is left alone as long as it gives signs of life", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const write = new StagedWrite(owner, await owner.branch("main"), store);
    await write.upTo("staged");
    const log = await world.open("settler");
    expect(await log.intents.settle()).toEqual([]);
    expect(leftIn("__recovery/").length).toBeGreaterThan(1);
    const { commit } = await write.publish();
    if (commit !== null) await owner.intents.end(write.intent, commit);
    await expectPublished(log, write, false);
  });

  test.each([
    ["begun", "write_discarded"],
    ["table", "write_discarded"],
    ["staged", null],
  ] as const)("and stood still at the step %s finds what was decided", async (step, refusal) => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const write = new StagedWrite(owner, await owner.branch("main"), store);
    await write.upTo(step);
    world.objects.process("owner").pause(3_600_000);
    const log = await world.open("settler");
    await log.intents.settle();
    if (refusal === null) await expectPublished(log, write);
    else await expectDiscarded(log, write);
    await put(log, await log.branch("main"), "a");
    if (step !== "staged") {
      await write.writeTable();
      await write.stage();
    }
    const late = write.publish();
    if (refusal === null) {
      const { commit, repeated } = await late;
      expect([commit?.header.op, commit?.header.recovered, repeated]).toEqual([write.request.op, true, true]);
      if (commit !== null) await owner.intents.end(write.intent, commit);
      await expectPublished(log, write);
      return;
    }
    await expect(late).rejects.toMatchObject({ reason: refusal, details: { op: write.request.op } });
    await owner.intents.withdraw(write.intent);
    await expectDiscarded(log, write);
  });

  test("an owner whose write is refused withdraws what others might publish", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const write = new StagedWrite(owner, await owner.branch("main"), store);
    await write.upTo("staged");
    await owner.intents.withdraw(write.intent);
    await expectDiscarded(owner, write);
  });

  test("an owner that withdraws what nobody can publish makes no commit of it", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const main = await owner.branch("main");
    const [partial, overtaken] = [
      new StagedWrite(owner, main, store),
      new StagedWrite(owner, main, store, { kind: "mutation" }),
    ];
    await partial.upTo("table");
    await overtaken.upTo("staged");
    await put(owner, main, "a");
    for (const { intent } of [partial, overtaken]) await owner.intents.withdraw(intent);
    expect([...leftIn("__recovery/"), ...leftIn("tables/")]).toEqual([]);
    expect(await commitsOf(owner)).toHaveLength(2);
  });
});

describe("settlement", () => {
  test("settlement begins in the background when a graph is opened or written, and nobody waits for it", async () => {
    const write = await dead("staged");
    world.fate = ({ key }) =>
      key.startsWith("__recovery/")
        ? { fate: "answered", delayMs: 500, answerMs: 500, repeatMs: null }
        : null;
    const log = await world.open("settler");
    const main = await log.branch("main");
    const { clock } = world.objects.process("settler");
    const before = clock.monotonicMs();
    await main.head();
    expect(clock.monotonicMs() - before).toBeLessThan(500);
    await clock.sleep(40_000);
    log.writer(main);
    await clock.sleep(40_000);
    await expectPublished(log, write);
    await log.close();
  });

  test("settlement tells what should never fail in the background when the graph is closed, and nothing else", async () => {
    for (const [failure, isTold] of [
      [new TypeError("no list"), true],
      [new OmnigraphError("store_denied", "no list"), false],
    ] as const) {
      const store = world.objects.connect("owner");
      const list: ObjectStore["list"] = (prefix, options) =>
        prefix.startsWith("__recovery/") ? Promise.reject(failure) : store.list(prefix, options);
      const log = await world.open("owner", overridden(store, { list }));
      await put(log, await log.branch("main"), "a");
      const closing = log.close();
      if (isTold) await expect(closing).rejects.toBe(failure);
      else await closing;
    }
  });

  test("settlement of what the same handle had to leave begins at once", async () => {
    const store = world.objects.connect("owner");
    const owner = await world.open("owner", store);
    const write = new StagedWrite(owner, await owner.branch("main"), store);
    await write.upTo("staged");
    await write.intent.abandon();
    const { clock } = world.objects.process("owner");
    const before = clock.monotonicMs();
    await owner.intents.settle();
    expect(clock.monotonicMs() - before).toBeLessThan(10_000);
    await expectPublished(owner, write);
  });

  test("settlement by several at once is done once", async () => {
    for (const step of ["table", "staged", "published"] as const) {
      const write = await dead(step);
      const logs = await Promise.all(["a", "b", "c"].map((id) => world.open(id)));
      await Promise.all(logs.map((log) => log.intents.settle()));
      const [log] = logs;
      if (log === undefined) throw new Error("no log");
      const own = (await commitsOf(log)).filter(({ header }) =>
        [write.request.op, write.intent.staging].includes(header.op),
      );
      expect(own).toHaveLength(1);
      expect(leftIn("__recovery/")).toEqual([]);
      expect(leftIn(`tables/${write.intent.staging}`)).toHaveLength(step === "table" ? 0 : 1);
      for (const id of ["a", "b", "c"]) world.objects.crash(id);
    }
  });
});

const FATES: Readonly<Record<string, CallPlan>> = {
  refused: { fate: "refused", delayMs: 1 },
  "done, its answer lost": { fate: "lost", delayMs: 1, timeoutMs: 50 },
  "done long after": { fate: "late", timeoutMs: 50, lateMs: 200_000 },
};

describe.each(Object.entries(FATES))("a call of the settling process that is %s", (_, plan) => {
  test.each(["begun", "table", "staged", "published"] as const)(
    "a failing call changes nothing in the end for an attempt that got as far as %s",
    async (step) => {
      for (let n = 0; ; n++) {
        world = await LogWorld.make(n + 1);
        const write = await dead(step);
        let calls = 0;
        const isHit = (call: SimulatedCall): boolean => call.process === "first" && calls++ === n;
        world.fate = (call) => (isHit(call) ? plan : null);
        await world
          .open("first")
          .then((log) => log.intents.settle())
          .catch(() => null);
        world.objects.crash("first");
        const total = calls;
        const log = await world.open("second");
        await log.intents.settle();
        await world.objects.process("second").clock.sleep(400_000);
        await log.intents.settle();
        if (step === "staged" || step === "published") await expectPublished(log, write, step === "staged");
        else await expectDiscarded(log, write);
        if (n >= total) return;
      }
    },
  );
});
