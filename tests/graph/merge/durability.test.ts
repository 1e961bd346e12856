import { MemoryBudget, ObjectLayers, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { MERGE_DATA, MERGE_SCHEMA } from "../../support/graphs/merge-fixture.ts";
import { calmNetwork, type SimulatedNetwork } from "../../support/simulation/network.ts";
import { SimulatedObjects } from "../../support/simulation/objects.ts";
import { SimulatedTime } from "../../support/simulation/time.ts";

/** Commits of this process are seen by all long before they outlast power loss. */
const SLOW = "slow";

const network: SimulatedNetwork = {
  plan: (call) =>
    call.process === SLOW && call.operation === "putIfAbsent" && call.key.endsWith(".commit")
      ? { fate: "answered", delayMs: 1, answerMs: 1_000, repeatMs: null }
      : calmNetwork.plan(call),
};

function partsOf(world: SimulatedObjects, id: string): Parameters<typeof Omnigraph.openWith>[0] {
  const objects = world.connect(id);
  const tables = new ObjectLayers(objects);
  return { objects, tables, environment: world.process(id), budget: new MemoryBudget(2 ** 26) };
}

describe("a branch that is deleted because another process has merged it", () => {
  // What power loss takes is drawn; no put makes others durable, as where the target is longer than a folder of slots.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "a merged branch is gone only where its merge outlasts power loss (seed %i)",
    async (seed) => {
      const world = new SimulatedObjects(new SimulatedTime(), network, seed, { apart: true });
      const graph = await Omnigraph.initWith(partsOf(world, "maker"), { schema: MERGE_SCHEMA });
      await graph.branches.create("draft");
      await graph.load(MERGE_DATA, { mode: "append", branch: "draft" });
      const slow = await Omnigraph.openWith(partsOf(world, SLOW));
      void slow.branches.merge("draft");
      await world.process("maker").clock.sleep(100);
      world.crash(SLOW);
      const merged = await graph.branches.merge("draft", { deleteBranch: true });
      expect(merged).toMatchObject({ outcome: "already_up_to_date", branchDeleted: true });
      world.powerLoss();
      const after = await Omnigraph.openWith(partsOf(world, "reader"));
      const { commit } = await after.snapshot();
      expect(commit.kind).toBe("merge");
      await after.close();
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "a merge that was put relaxed, and is asked for again, outlasts power loss where its source is gone (seed %i)",
    async (seed) => {
      const world = new SimulatedObjects(new SimulatedTime(), calmNetwork, seed, { apart: true });
      const maker = await Omnigraph.initWith(partsOf(world, "maker"), { schema: MERGE_SCHEMA });
      await maker.branches.create("draft");
      await maker.load(MERGE_DATA, { mode: "append", branch: "draft" });
      const relaxed = { durability: "relaxed" } as const;
      const first = await Omnigraph.openWith(partsOf(world, "first"), relaxed);
      await first.branches.merge("draft", { op: "once" });
      world.crash("first");
      const again = await Omnigraph.openWith(partsOf(world, "again"), relaxed);
      const merged = await again.branches.merge("draft", { op: "once", deleteBranch: true });
      expect(merged).toMatchObject({ outcome: "fast_forward", branchDeleted: true });
      world.powerLoss();
      const after = await Omnigraph.openWith(partsOf(world, "reader"));
      const { commit } = await after.snapshot();
      expect(commit.kind).toBe("merge");
      await after.close();
    },
  );
});
