import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { commitsOf, keysOf } from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";
import type { GraphLog } from "../graph-log.ts";

test("an op is never written twice, and no table goes that a commit adopts, whoever comes when", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const world = await LogWorld.make(seed);
    const { random } = world.objects.process("chance");
    world.fate = ({ key }) => {
      const roll = random.next();
      const [delayMs, answerMs] = [random.next() * 20, random.next() * 20];
      if (roll < 0.08 && key !== "") return { fate: "lost", delayMs, timeoutMs: 60 };
      if (roll < 0.14) return { fate: "late", timeoutMs: 60, lateMs: random.next() * 90_000 };
      if (roll < 0.2) return { fate: "refused", delayMs };
      return { fate: "answered", delayMs, answerMs, repeatMs: roll < 0.3 ? delayMs : null };
    };
    const store = world.objects.connect("owner");
    const owner = await opened(world, "owner", store);
    const main = await owner.branch("main");
    const write = new StagedWrite(owner, main, store);
    const working = (async () => {
      await write.upTo("staged");
      const { commit } = await write.publish();
      if (commit !== null) await owner.intents.end(write.intent, commit);
    })().catch(() => write.leave());
    await world.objects.process("chance").clock.sleep(random.next() * 200);
    world.objects.process("owner").pause(random.next() * 120_000);
    await Promise.all(
      ["a", "b"].map(async (id) => (await opened(world, id)).intents.settle().catch(() => null)),
    );
    await working;
    await world.objects.process("chance").clock.sleep(200_000);
    world.fate = () => null;
    const last = await world.open("last");
    await last.intents.settle();
    const all = await commitsOf(last);
    expect(new Set(all.map(({ header }) => header.op)).size, `seed ${seed}`).toBe(all.length);
    const landed = all.filter(({ header }) => header.op === write.request.op);
    expect(keysOf(world, "__recovery/"), `seed ${seed}`).toEqual([]);
    // Where its table came late, after it was given up, it is garbage that no commit names.
    if (landed.length === 1) expect(keysOf(world, "tables/"), `seed ${seed}`).toEqual([write.tableKey]);
    expect(landed.length === 0 || !all.some(({ header }) => header.op === write.intent.staging)).toBe(true);
  }
});

async function opened(world: LogWorld, id: string, store = world.objects.connect(id)): Promise<GraphLog> {
  for (;;) {
    try {
      return await world.open(id, store);
    } catch {
      // The network is bad.
    }
  }
}
