import { LIMITS } from "@omnigraph/base";
import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";
import { reasonOf } from "../../../../tests/support/running/reason-of.ts";
import { pinnedCommits } from "./pins.ts";

const EXPIRY_MS = LIMITS.pinExpiryMs.value;

test("a pin is there for as long as its owner lives and wants it", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("owner");
  const head = await main.head();
  const store = world.objects.connect("cleaner");
  expect((await pinnedCommits(store)).commits).toEqual(new Set());
  const pin = await log.starts.pin(head, "test");
  const { clock } = world.objects.process("cleaner");
  for (let passed = 0; passed < 4; passed++) {
    await clock.sleep(EXPIRY_MS * 0.8);
    expect((await pinnedCommits(store)).commits).toEqual(new Set([head.header.id]));
    expect(await pin.isHeld()).toBe(true);
  }
  await pin.release();
  expect((await pinnedCommits(store)).commits).toEqual(new Set());
  await log.close();
});

test("a pin whose owner stood still is lost for ever", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("owner");
  const pin = await log.starts.pin(await main.head(), "test");
  const { clock } = world.objects.process("cleaner");
  world.objects.process("owner").pause(EXPIRY_MS * 3);
  await clock.sleep(EXPIRY_MS * 1.1);
  expect((await pinnedCommits(world.objects.connect("cleaner"))).commits).toEqual(new Set());
  await clock.sleep(EXPIRY_MS * 4);
  expect(await pin.isHeld()).toBe(false);
  expect(await reasonOf(pin.check())).toBe("history_reclaimed");
  await pin.release();
  expect((await pinnedCommits(world.objects.connect("cleaner"))).commits).toEqual(new Set());
  await log.close();
});

test("a pin that power loss left torn claims nothing, is kept and named, and expires as others do", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("owner");
  const head = await main.head();
  const pin = await log.starts.pin(head, "test");
  const store = world.objects.connect("cleaner");
  const torn = "__manifest/pins/01M84AR2A00000000000000001.json";
  await store.put(torn, Buffer.from('{"needs":'), "relaxed");
  const { commits, unreadable } = await pinnedCommits(store);
  expect([...commits]).toEqual([head.header.id]);
  expect(unreadable).toEqual([expect.stringContaining(torn)]);
  expect(await store.exists(torn)).toBe(true);
  await world.objects.process("cleaner").clock.sleep(EXPIRY_MS * 1.1);
  expect((await pinnedCommits(store)).unreadable).toEqual([]);
  expect(await store.exists(torn)).toBe(false);
  await pin.release();
  await log.close();
});

test("a pin that somebody ignored is never held again, whenever it is renewed", async () => {
  let [ignored, held] = [0, 0];
  for (let seed = 1; seed <= 150; seed++) {
    const random = new SeededRandom(seed);
    const world = await LogWorld.make(seed);
    world.fate = () => ({
      fate: "answered",
      delayMs: random.next() * 40_000,
      answerMs: random.next() * 40_000,
      repeatMs: null,
    });
    const { log, main } = await world.begin("owner");
    const pin = await log.starts.pin(await main.head(), "test");
    const owner = world.objects.process("owner");
    const { clock } = world.objects.process("cleaner");
    for (let i = 0; i < 4; i++) {
      if (random.chance(0.7)) owner.pause(EXPIRY_MS * (0.6 + 0.6 * random.next()));
      await clock.sleep(EXPIRY_MS * random.next());
      const asked = owner.clock.sleep(random.next() * 200_000).then(() => pin.isHeld());
      const seen = (await pinnedCommits(world.objects.connect("cleaner"))).commits;
      await asked;
      if (seen.size > 0) continue;
      ignored++;
      expect([seed, await pin.isHeld()]).toEqual([seed, false]);
    }
    if (await pin.isHeld()) held++;
    await pin.release();
    await log.close();
  }
  expect(Math.min(ignored, held)).toBeGreaterThan(10);
});
