import { systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { GRAPH } from "../../../../tests/support/log/log-world.ts";
import { put } from "../../../../tests/support/log/log-writes.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { reasonOf } from "../../../../tests/support/running/reason-of.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";
import { GraphLog } from "../graph-log.ts";
import { putBack } from "./put-back.ts";
import { SlotCopies } from "./slot-copies.ts";

const SLOT = 2;
const KEY = slotKey(MAIN_LOG_ID, SLOT);
const CUT = Buffer.from("cut");
let made = 0;

/** A graph with a commit in each slot up to the tested one, and a copy of it. */
async function copied(): Promise<{
  readonly store: MemoryObjects;
  readonly backup: MemoryObjects;
  readonly copies: SlotCopies;
}> {
  const [store, backup] = [new MemoryObjects(`slots-${made}`), new MemoryObjects(`slots-${made++}-copy`)];
  await GraphLog.init(store, systemEnvironment, GRAPH);
  const log = await GraphLog.open(store, systemEnvironment, { readOnly: false });
  for (let slot = 1; slot <= SLOT; slot++) await put(log, await log.branch("main"), `of ${slot}`);
  for (const { key } of await store.list("")) {
    const bytes = await store.get(key);
    if (bytes !== null) await backup.put(key, bytes);
  }
  const copies = new SlotCopies(store, log.id, backup);
  await log.close();
  return { store, backup, copies };
}

test("a copy of a lost commit is not put over one that was made meanwhile", async () => {
  const { store, copies } = await copied();
  await store.delete(KEY);
  const copy = (await copies.find(MAIN_LOG_ID, SLOT)) ?? expect.fail("there is no copy");
  const log = await GraphLog.open(store, systemEnvironment, { readOnly: false });
  const commit = await put(log, await log.branch("main"), "another");
  expect(commit.address.slot).toBe(SLOT);
  const restored = copies.restore(MAIN_LOG_ID, SLOT, copy, systemEnvironment);
  expect(await reasonOf(restored)).toBe("read_set_conflict");
  const later = (await copies.find(MAIN_LOG_ID, SLOT)) ?? expect.fail("there is no copy");
  const again = copies.restore(MAIN_LOG_ID, SLOT, later, systemEnvironment);
  expect(await reasonOf(again)).toBe("read_set_conflict");
  expect((await log.head("main")).header.id).toBe(commit.header.id);
  await log.close();
});

test("a copy takes the place of a damaged commit, and is put where there is none", async () => {
  const { store, backup, copies } = await copied();
  const whole = await backup.get(KEY);
  for (const damage of [() => store.put(KEY, CUT), () => store.delete(KEY)]) {
    await damage();
    const copy = (await copies.find(MAIN_LOG_ID, SLOT)) ?? expect.fail("there is no copy");
    for (let times = 0; times < 2; times++) {
      await copies.restore(MAIN_LOG_ID, SLOT, copy, systemEnvironment);
      expect(await store.get(KEY)).toEqual(whole);
    }
  }
});

test("what others have put in the place of something damaged stays", async () => {
  const store = new MemoryObjects(`slots-${made++}`);
  await store.put("a", CUT);
  const copy = { bytes: Buffer.from("copy"), damaged: CUT };
  await store.put("a", Buffer.from("of others"));
  expect(await reasonOf(putBack(store, systemEnvironment, "a", copy))).toBe("read_set_conflict");
  expect(await store.get("a")).toEqual(Buffer.from("of others"));
});

test("a copy whose put has no answer is put once the store answers", async () => {
  const store = new MemoryObjects(`slots-${made++}`);
  let lost = 0;
  const deaf = overridden(store, {
    putIfAbsent: async (key, bytes) => (lost++ === 0 ? "unknown" : store.putIfAbsent(key, bytes)),
  });
  await putBack(deaf, systemEnvironment, "a", { bytes: CUT, damaged: null });
  expect(await store.get("a")).toEqual(CUT);
});
