import { SeededRandom, systemEnvironment } from "@omnigraph/base";
import { LocalObjects, type ObjectStore, SimulatedDisk } from "@omnigraph/storage";
import { describe, expect, it } from "vitest";

const SEEDS = 400;
const ROOT = "/var/data/graph";
const FOLDERS = ["log/0", "log/1", "refs/main", "recovery"] as const;

/** What a key may hold after power loss: every content that an attempt could have left, and whether absence would break a promise. */
interface Expectation {
  readonly possible: Set<string>;
  acknowledged: boolean;
  /** Put relaxed and not settled since: it may be gone, or torn. */
  relaxed: boolean;
}

/** Performs random puts until the power goes, and says what must and what may be there. */
async function work(store: ObjectStore, random: SeededRandom): Promise<Map<string, Expectation>> {
  const keys = new Map<string, Expectation>();
  try {
    for (let n = 0; n < 40; n++) await step(store, random, keys, n);
  } catch (cause) {
    expect(cause).toMatchObject({ reason: "store_transient" });
  }
  return keys;
}

async function step(
  store: ObjectStore,
  random: SeededRandom,
  keys: Map<string, Expectation>,
  n: number,
): Promise<void> {
  const durability = random.chance(0.25) ? "relaxed" : "durable";
  const content = `content ${n} `.repeat(1 + random.integer(50));
  const bytes = new TextEncoder().encode(content);
  const replace = random.chance(0.3);
  const key = `${random.pick(FOLDERS)}/${replace ? "replaced" : n}`;
  const expectation = keys.get(key) ?? { possible: new Set(), acknowledged: false, relaxed: false };
  keys.set(key, expectation);
  expectation.possible.add(content);
  if (durability === "relaxed") expectation.relaxed = true;
  if (replace) await store.put(key, bytes, durability);
  else if ((await store.putIfAbsent(key, bytes, durability)) !== "stored") return;
  if (durability === "relaxed") return;
  // A durable put settles everything that this store put before it.
  for (const before of keys.values()) {
    if (before.relaxed || before === expectation) before.acknowledged = true;
    before.relaxed = false;
  }
  expectation.possible.clear();
  expectation.possible.add(content);
}

describe("local folder over power loss", () => {
  it(`keeps every acknowledged durable put, and shows no half object: ${SEEDS} seeds, cut at any call`, async () => {
    let cuts = 0;
    let kept = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new SeededRandom(seed);
      const disk = new SimulatedDisk(systemEnvironment.clock);
      const open = (): LocalObjects =>
        new LocalObjects(ROOT, { disk: { blocking: disk, mixed: disk, background: disk } });
      let calls = random.integer(400);
      disk.fault = () => (calls-- > 0 ? null : { code: "EIO" });
      const keys = await work(open(), random);
      if (calls < 0) cuts++;
      disk.fault = () => null;
      disk.losePower(random);
      const after = open();
      for (const [key, { possible, acknowledged, relaxed }] of keys) {
        const bytes = await after.get(key);
        if (bytes === null) expect(`${seed} ${key} ${acknowledged && !relaxed}`).toBe(`${seed} ${key} false`);
        else if (!relaxed) expect(possible).toContain(new TextDecoder().decode(bytes));
        if (bytes !== null && acknowledged) kept++;
      }
      const listed = (await after.list("")).map(({ key }) => key);
      expect(listed.filter((key) => !keys.has(key))).toEqual([]);
      expect(await after.putIfAbsent("log/0/next", new Uint8Array(1))).toBe("stored");
    }
    expect(cuts).toBeGreaterThan(SEEDS / 4);
    expect(kept).toBeGreaterThan(SEEDS);
  });
});
