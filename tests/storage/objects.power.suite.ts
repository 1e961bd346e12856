import { systemEnvironment } from "@omnigraph/base";
import { LocalObjects, type ObjectStore } from "@omnigraph/storage";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { SimulatedDisk } from "../support/simulation/disk.ts";

const LOSSES = 3;
const ROOT = "/var/data/graph";
const FOLDERS = ["log/0", "log/1", "refs/main", "recovery"] as const;
const ONE_SYNC = /^(?:log|refs)\//;
/** Longer than a block, and shorter. */
const LENGTHS = [1, 50, 400] as const;

/** What a key may hold after power loss: every content that an attempt could have left, and whether absence would break a promise. */
interface Expectation {
  readonly possible: Set<string>;
  acknowledged: boolean;
  /** Put relaxed and not synced since: it may be gone, or torn. */
  relaxed: boolean;
}

type Expectations = Map<string, Expectation>;

/** Performs random puts until the power goes, and says what must and what may be there. The other store syncs what this one puts. */
async function work(
  [store, other]: readonly [ObjectStore, ObjectStore],
  random: SeededRandom,
  keys: Expectations,
): Promise<void> {
  try {
    for (let n = 0; n < 40; n++) {
      await step(store, random, keys, n);
      if (random.chance(0.2)) await sync(other, random, keys);
    }
  } catch (cause) {
    expect(cause).toMatchObject({ reason: "store_transient" });
  }
}

async function step(store: ObjectStore, random: SeededRandom, keys: Expectations, n: number): Promise<void> {
  const durability = random.chance(0.25) ? "relaxed" : "durable";
  const content = `content ${n} ${random.integer(1e6)} `.repeat(1 + random.integer(random.pick(LENGTHS)));
  const bytes = new TextEncoder().encode(content);
  const replace = random.chance(0.3);
  const key = `${random.pick(FOLDERS)}/${replace ? "replaced" : n}`;
  const expectation = keys.get(key) ?? { possible: new Set(), acknowledged: false, relaxed: false };
  keys.set(key, expectation);
  const before = new Set(expectation.possible);
  expectation.possible.add(content);
  const relaxedBefore = expectation.relaxed;
  if (durability === "relaxed") expectation.relaxed = true;
  if (replace) await store.put(key, bytes, durability);
  else {
    const outcome = await store.putIfAbsent(key, bytes, durability);
    if (outcome === "exists") {
      expectation.possible.delete(content);
      for (const each of before) expectation.possible.add(each);
      expectation.relaxed = relaxedBefore;
    }
    if (outcome !== "stored") return;
  }
  if (durability === "relaxed") return;
  // A durable put syncs everything that this store put before it.
  for (const each of keys.values()) {
    if (each.relaxed || each === expectation) each.acknowledged = true;
    each.relaxed = false;
  }
  expectation.possible.clear();
  expectation.possible.add(content);
}

/** Has a store write into every folder, so that it knows them. */
async function writeOnce(store: ObjectStore, keys: Expectations, content: string): Promise<void> {
  for (const folder of FOLDERS) {
    const key = `${folder}/${content}-other`;
    expect(await store.putIfAbsent(key, new TextEncoder().encode(content))).toBe("stored");
    keys.set(key, { possible: new Set([content]), acknowledged: true, relaxed: false });
  }
}

/** Syncs one or a few objects, whoever put them. */
async function sync(store: ObjectStore, random: SeededRandom, keys: Expectations): Promise<void> {
  const all = [...keys];
  const some = random.chance(0.5) ? all.slice(-1) : all.filter(() => random.chance(0.1));
  await store.sync(some.map(([key]) => key));
  for (const [, expectation] of some) Object.assign(expectation, { acknowledged: true, relaxed: false });
}

/** Compares what is there after power loss with what must and may be, and takes it for what was there before the next. */
async function check(store: ObjectStore, keys: Expectations, place: string): Promise<number> {
  let kept = 0;
  const listed = (await store.list("")).map(({ key }) => key);
  expect(listed.filter((key) => !keys.has(key))).toEqual([]);
  for (const [key, expectation] of keys) {
    const { acknowledged, relaxed, possible } = expectation;
    const bytes = await store.get(key);
    expect(await store.exists(key)).toBe(bytes !== null);
    expect(listed.includes(key)).toBe(bytes !== null);
    if (bytes === null) {
      expect(`${place} ${key} ${acknowledged && !relaxed}`).toBe(`${place} ${key} false`);
      keys.delete(key);
      continue;
    }
    const text = new TextDecoder().decode(bytes);
    if (!relaxed) expect(possible).toContain(text);
    if (acknowledged) kept++;
    keys.set(key, { possible: new Set([text]), acknowledged: true, relaxed: false });
  }
  return kept;
}

const VOLUMES = {
  "of which nothing is known": { magic: 0, type: "", options: "", blockBytes: 4096 },
  "that takes one sync": { magic: 0xef53, type: "ext4", options: "rw", blockBytes: 4096 },
  "with small blocks that takes one sync": { magic: 0xef53, type: "ext4", options: "rw", blockBytes: 1024 },
};

/** So many seeds from a first one on, on each kind of volume. */
export function powerSuite(first: number, count: number): void {
  describe.each(Object.entries(VOLUMES))("local folder over power loss, on a volume %s", (_, volume) => {
    it(`every acknowledged durable put is kept, and no half object is shown: ${count} seeds from ${first} on, each cut ${LOSSES} times at any call`, async () => {
      let cuts = 0;
      let kept = 0;
      for (let seed = first; seed < first + count; seed++) {
        const random = new SeededRandom(seed);
        const disk = new SimulatedDisk(systemEnvironment.clock);
        disk.volumeIs = volume;
        const open = (): LocalObjects =>
          new LocalObjects(ROOT, {
            disk: { blocking: disk, mixed: disk, background: disk },
            oneSync: (key) => ONE_SYNC.test(key),
          });
        const keys: Expectations = new Map();
        for (let loss = 0; loss < LOSSES; loss++) {
          const other = open();
          await writeOnce(other, keys, `${loss}`);
          let calls = random.integer(400);
          disk.fault = () => (calls-- > 0 ? null : { code: "EIO" });
          await work([open(), other], random, keys);
          if (calls < 0) cuts++;
          disk.fault = () => null;
          disk.losePower(random);
          kept += await check(open(), keys, `${seed}.${loss}`);
        }
        expect(await open().putIfAbsent("log/0/next", new Uint8Array([1]))).toBe("stored");
      }
      expect(cuts).toBeGreaterThan((count * LOSSES) / 4);
      expect(kept).toBeGreaterThan(count);
    });
  });
}
