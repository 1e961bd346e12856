import { present, systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { put } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";
import { GraphLog } from "../graph-log.ts";

// An object that does not follow the one before it is never taken for the next commit.

const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
const open = (store: MemoryObjects): Promise<GraphLog> =>
  GraphLog.open(store, systemEnvironment, { readOnly: false });

test("a reader that knows the head refuses a later object that was put after another one", async () => {
  const store = new MemoryObjects("not following");
  const copy = new MemoryObjects("not following, copy");
  const log = await GraphLog.init(store, systemEnvironment, OPTIONS);
  for (const { key } of await store.list("")) await copy.put(key, present(await store.get(key), key));
  for (const [one, ids] of [
    [log, ["a"]],
    [await open(copy), ["b", "c"]],
  ] as const)
    for (const id of ids) await put(one, await one.branch("main"), id);
  const reader = await open(store);
  expect((await reader.head("main")).address.slot).toBe(1);
  const key = slotKey(MAIN_LOG_ID, 2);
  await store.put(key, present(await copy.get(key), key));
  await expect(reader.head("main")).rejects.toMatchObject({
    reason: "log_torn",
    message: expect.stringContaining(key),
  });
  await expect(put(reader, await reader.branch("main"), "d")).rejects.toMatchObject({ reason: "log_torn" });
});

test("a branch whose first commit does not follow its fork point is corrupt", async () => {
  const store = new MemoryObjects("not following the fork point");
  const log = await GraphLog.init(store, systemEnvironment, OPTIONS);
  const main = await log.branch("main");
  const first = await put(log, main, "a");
  await put(log, await log.createBranch("draft", first, null), "b");
  const second = await put(log, main, "c");
  const reader = await open(store);
  const draft = await reader.branch("draft");
  draft.begin(second); // as if it had been made there
  await expect(draft.head()).rejects.toMatchObject({
    reason: "log_corrupt",
    message: expect.stringContaining(second.header.id),
  });
  expect((await log.head("draft")).address.slot).toBe(0);
});

test("nothing is put into a hole, also by a writer that looked for holes just now", async () => {
  const store = new MemoryObjects("hole within the interval");
  const log = await GraphLog.init(store, systemEnvironment, OPTIONS);
  // As a local folder, which cannot list in order.
  const unordered = overridden(store, { ordered: false });
  const writer = await open(unordered);
  await put(writer, await writer.branch("main"), "a");
  const main = await log.branch("main");
  for (const id of ["b", "c"]) await put(log, main, id);
  const hole = slotKey(MAIN_LOG_ID, 2);
  await store.delete(hole);
  await expect(put(writer, await writer.branch("main"), "d")).rejects.toMatchObject({ reason: "log_torn" });
  expect(await store.get(hole)).toBe(null);
});
