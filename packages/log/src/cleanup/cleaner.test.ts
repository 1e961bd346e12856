import { LIMITS } from "@omnigraph/base";
import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { branchNames, put, removeBranch, rowsAt, TYPE } from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";
import { reasonOf } from "../../../../tests/support/running/reason-of.ts";
import { type CommitId, commitId, MAIN_LOG_ID } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { GraphLog } from "../graph-log.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import { takePin } from "../retention/pins.ts";
import type { CleanupSteps } from "./cleaner.ts";

const NOW: CleanupSteps = { graceMs: 0, actor: null };
const keep = (count: number) => ({ keep: count, since: null });

/** Cleans up at once. */
async function clean(log: GraphLog, count: number): Promise<number> {
  const cleaner = log.cleaner();
  const before = await cleaner.finish(NOW);
  await cleaner.condemn(keep(count), NOW);
  const after = await cleaner.finish(NOW);
  return before.slots + after.slots;
}

async function puts(log: GraphLog, branch: BranchLog, ids: string): Promise<readonly CommitRecord[]> {
  const commits: CommitRecord[] = [];
  for (const id of ids) commits.push(await put(log, branch, id));
  return commits;
}

test("a deleted branch is reclaimed whole, and nothing of those that live or start from it", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  await puts(log, main, "ab");
  const draft = await log.createBranch("draft", await main.head(), null);
  const [, second, third] = await puts(log, draft, "cde");
  const other = await log.createBranch("other", second ?? expect.fail(), null);
  await puts(log, other, "f");
  await removeBranch(log, "draft");
  expect(await clean(log, 100)).toBe(1); // what is after the fork point of `other`
  expect([await rowsAt(log, "main"), await rowsAt(log, "other")]).toEqual([2, 5]);
  expect(await reasonOf(log.createBranch("again", third ?? expect.fail(), null))).toBe("history_reclaimed");
  expect(await clean(log, 100)).toBe(0);
  await removeBranch(log, "other");
  expect(await clean(log, 100)).toBe(3);
  expect(await rowsAt(log, "main")).toBe(2);
  const range = { logId: draft.logId, from: 0, fromIndex: 0, to: 2, toIndex: 0 };
  expect(await reasonOf((await world.open("fresh")).readChanges(range, TYPE))).toBe("history_reclaimed");
  await log.close();
});

test("slots of which a head is made stay, and so does what is pinned or retained", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  const commits = await puts(log, main, "abcd");
  const cleaner = log.cleaner();
  expect(await cleaner.condemn(keep(1), NOW)).toBeNull();
  expect(await log.starts.check(commits[0] ?? expect.fail())).toBeUndefined();
  expect([...(await cleaner.foldable(keep(1)))]).toEqual([MAIN_LOG_ID]);
  expect([...(await cleaner.foldable(keep(9)))]).toEqual([]);
  const preview = await cleaner.preview(keep(1), { folded: new Set([MAIN_LOG_ID]) });
  expect([preview.slots, preview.commits]).toEqual([4, 4]);
  expect(preview.slotBytes).toBeGreaterThan(0);
  expect(world.objects.keys().some((key) => key.startsWith("__manifest/horizon/"))).toBe(false);
  await log.close();
});

test("nothing goes before the grace period is over, by the clock of the store", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  await puts(log, main, "a");
  const draft = await log.createBranch("draft", await main.head(), null);
  await puts(log, draft, "bcd");
  await removeBranch(log, "draft");
  const graceMs = LIMITS.cleanupGraceMs.value;
  const steps = { graceMs, actor: "ann" };
  const pending = await log.cleaner().condemn(keep(9), steps);
  expect(pending).toMatchObject({ horizon: 0, slots: 4, tables: 0 });
  world.objects.process("writer").moveClock(graceMs * 10);
  expect((await log.cleaner().finish(steps)).slots).toBe(0);
  await world.objects.process("test").clock.sleep(graceMs);
  const later = await world.open("later");
  expect((await later.cleaner().finish(steps)).slots).toBe(3);
  expect((await later.cleaner().finish(steps)).slots).toBe(0);
  expect(await later.cleaner().pending()).toBeNull();
  await Promise.all([log.close(), later.close()]);
});

test("what a staged merge has merged stays: whoever settles it makes that the base of later merges", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  await puts(log, main, "a");
  const draft = await log.createBranch("draft", await main.head(), null);
  const [, theirs] = await puts(log, draft, "bcd");
  const staged = new StagedWrite(log, main, world.objects.connect("writer"));
  await staged.begin();
  await staged.intent.staged({
    ...staged.draft,
    merge: { theirs: theirs ?? expect.fail(), keptOurs: new Map() },
  });
  await removeBranch(log, "draft");
  expect(await clean(log, 100)).toBe(1); // what came after it
  await log.close();
});

test.each([1, 2, 3, 4])(
  "power loss does not take the end of a log that cleanup has relied on (seed %d)",
  async (seed) => {
    const world = await LogWorld.make(seed, { apart: true });
    const { log, main } = await world.begin("writer");
    await puts(log, main, "a");
    const draft = await log.createBranch("draft", await main.head(), null);
    await puts(log, draft, "bcd");
    // A process that ends before its seal is durable: all can see it, and power loss can take it.
    const dying = await world.open("dying");
    world.fate = ({ process, operation, key }) =>
      process === "dying" && operation === "putIfAbsent" && key.endsWith(".commit")
        ? { fate: "answered", delayMs: 0, answerMs: 1_000, repeatMs: null }
        : null;
    void removeBranch(dying, "draft");
    await world.objects.process("test").clock.sleep(100);
    world.objects.crash("dying");
    expect(await clean(log, 100)).toBe(3);
    world.objects.powerLoss();
    const after = await world.open("after");
    expect(await branchNames(after)).toEqual(["main"]);
    await after.close();
  },
);

test("a claim on a commit that power loss took protects nothing, and hinders nobody", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  await puts(log, main, "a");
  const draft = await log.createBranch("draft", await main.head(), null);
  const [commit] = await puts(log, draft, "b");
  await removeBranch(log, "draft");
  const pin = await takePin(
    { store: world.objects.connect("writer"), environment: world.objects.process("writer"), graph: log.id },
    lostId(commit ?? expect.fail()),
    "test",
  );
  expect(await clean(log, 100)).toBe(1);
  await pin.release();
  await log.close();
});

/** The id of a commit that is not there, in the slot after the end of the log. */
function lostId({ header, address }: CommitRecord): CommitId {
  return commitId(header.createdAt, { ...address, slot: address.slot + 9 });
}
