import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { put, removeBranch } from "../../../../tests/support/log/log-writes.ts";
import { CopyTarget } from "./copy-target.ts";

test.each([
  { what: "the seal of a branch", isSlow: (key: string) => key.endsWith(".commit") },
  { what: "the record that a name is free", isSlow: (key: string) => key.startsWith("__manifest/refs/") },
])("power loss does not take $what that a copy has", async ({ what, isSlow }) => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = await LogWorld.make(seed, { apart: true });
    const { log, main } = await world.begin("owner");
    await log.createBranch("draft", await put(log, main, "a"), null);
    // A process that ends before what it put is durable: all can see it, and power loss can take it.
    const dying = await world.begin("dying");
    world.fate = ({ process, operation, key }) =>
      process === "dying" && operation === "putIfAbsent" && isSlow(key)
        ? { fate: "answered", delayMs: 0, answerMs: 1_000, repeatMs: null }
        : null;
    const before = new Set(world.objects.keys());
    void removeBranch(dying.log, "draft");
    const environment = world.objects.process("copier");
    await environment.clock.sleep(500);
    world.objects.crash("dying");
    const to = new MemoryObjects(`copy-power-${what.length}-${seed}`);
    const target = await CopyTarget.open(to, { environment, verify: false, onPut: () => undefined });
    await log.copyInto({ target, isNew: true, chosen: null, copyLayer: async () => undefined });
    const copied = (await to.list("")).map(({ key }) => key).filter((key) => !before.has(key));
    expect(copied.filter(isSlow)).toHaveLength(1);
    world.objects.powerLoss();
    expect(world.objects.keys()).toEqual(expect.arrayContaining(copied));
    await to.deletePrefix("");
  }
});
