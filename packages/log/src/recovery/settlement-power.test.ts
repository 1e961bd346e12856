import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { commitsOf, put } from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";
import { adoptedBy } from "../commit/adopted.ts";

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "an attempt whose tables were removed for a commit that power loss takes is published by nobody (seed %d)",
  async (seed) => {
    const world = await LogWorld.make(seed, { apart: true });
    const { log, main } = await world.begin("owner");
    const write = new StagedWrite(log, main, world.objects.connect("owner"));
    await write.upTo("staged");
    // A process that ends before its commit is durable: all can see it, and power loss can take it.
    const dying = await world.begin("dying");
    world.fate = ({ process, operation, key }) => {
      if (process === "dying" && operation === "putIfAbsent" && key.endsWith(".commit"))
        return { fate: "answered", delayMs: 0, answerMs: 1_000, repeatMs: null };
      const isOfIntent = operation === "delete" && key.startsWith("__recovery/");
      return process === "owner" && isOfIntent ? { fate: "refused", delayMs: 0 } : null;
    };
    void put(dying.log, dying.main, "other");
    await world.objects.process("test").clock.sleep(100);
    world.objects.crash("dying");
    expect(await log.intents.withdraw(write.intent)).toBeNull();
    world.objects.powerLoss();
    const after = await world.open("after");
    await after.intents.settle();
    for (const { changes } of await commitsOf(after))
      for (const staging of changes.kind === "reclaimed" ? [] : adoptedBy(changes))
        expect(world.objects.keys().filter((key) => key.startsWith(`tables/${staging}/`))).not.toEqual([]);
    await after.close();
  },
);
