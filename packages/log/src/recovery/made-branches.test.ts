import { beforeEach, describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { branchNames, keysOf, removeBranch } from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";
import type { Fork } from "../branch/branches.ts";

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

/** A write that makes its branch, up to a step. */
async function making(
  step: Parameters<StagedWrite["upTo"]>[0],
): Promise<{ readonly write: StagedWrite; readonly fork: Fork }> {
  const store = world.objects.connect("owner");
  const owner = await world.open("owner", store);
  const fork = await owner.fork("draft", await owner.head("main"), "bob");
  const write = new StagedWrite(owner, fork.branch, store, { makes: fork.makes });
  await write.upTo(step);
  return { write, fork };
}

/** As `making`, by a process that ends then. */
async function dead(step: Parameters<StagedWrite["upTo"]>[0]): Promise<StagedWrite> {
  const { write } = await making(step);
  world.objects.crash("owner");
  return write;
}

const leftIn = (prefix: string): readonly string[] => keysOf(world, prefix);

describe("a write that makes its branch, and whose process is gone,", () => {
  test.each(["staged", "published"] as const)(
    "is completed with its branch by several at once where it got as far as %s",
    async (step) => {
      const write = await dead(step);
      const logs = await Promise.all(["a", "b", "c"].map((id) => world.open(id)));
      const settled = await Promise.all(logs.map((log) => log.intents.settle()));
      expect(new Set(settled.flat().map(({ outcome }) => outcome.kind))).toEqual(new Set(["published"]));
      const log = await world.open("reader");
      expect(await branchNames(log)).toEqual(["draft", "main"]);
      expect((await log.head("draft")).header).toMatchObject({ op: write.request.op, actor: "ann" });
      expect(leftIn("__manifest/refs/")).toHaveLength(1);
      expect(leftIn("__recovery/")).toEqual([]);
      expect(leftIn("tables/")).toEqual([write.tableKey]);
    },
  );

  test("is given up where another branch has the name by now", async () => {
    await dead("staged");
    const log = await world.open("settler");
    await log.createBranch("draft", await log.head("main"), null);
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
    expect((await log.head("draft")).header.kind).toBe("genesis");
    expect([...leftIn("__recovery/"), ...leftIn("tables/")]).toEqual([]);
  });

  test("is given up where another branch had the name and was deleted", async () => {
    await dead("staged");
    const log = await world.open("settler");
    await log.createBranch("draft", await log.head("main"), null);
    await removeBranch(log, "draft");
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "discarded" } }]);
    expect(await branchNames(log)).toEqual(["main"]);
  });

  test("stays without a name, as its owner would leave it, where its commit is there and its branch cannot be made", async () => {
    const write = await dead("published");
    const log = await world.open("settler");
    await log.createBranch("draft", await log.head("main"), null);
    expect(await log.intents.settle()).toMatchObject([{ outcome: { kind: "nameless" } }]);
    expect((await log.head("draft")).header.kind).toBe("genesis");
    expect(leftIn("__recovery/")).toEqual([]);
    expect(leftIn("tables/")).toEqual([write.tableKey]);
  });
});

test("an owner that comes back makes no branch again that was completed and then deleted", async () => {
  const { write, fork } = await making("staged");
  world.objects.process("owner").pause(3_600_000);
  const log = await world.open("settler");
  await log.intents.settle();
  expect(await branchNames(log)).toEqual(["draft", "main"]);
  await removeBranch(log, "draft");
  await expect(write.publish()).rejects.toMatchObject({ reason: "branch_not_found" });
  await fork.publish();
  expect(await branchNames(log)).toEqual(["main"]);
});
