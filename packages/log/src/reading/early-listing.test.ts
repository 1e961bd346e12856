import { systemEnvironment } from "@omnigraph/base";
import { MemoryObjects, type ObjectStore } from "@omnigraph/storage";
import { afterEach, expect, test, vi } from "vitest";
import { put } from "../../../../tests/support/log/log-writes.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { logPrefix, MAIN_LOG_ID } from "../address.ts";
import { GraphLog } from "../graph-log.ts";

// The end of main, listed while a graph is opened, saves a round trip and never hides what is there.

const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
/** More than a listing is believed. */
const LATER_MS = 60_000;

interface Case {
  readonly log: GraphLog;
  /** As the store is seen by a network. */
  readonly remote: ObjectStore;
  /** Listings of the slots of main so far. */
  readonly listings: () => number;
}

async function begin(name: string): Promise<Case> {
  const store = new MemoryObjects(name);
  const log = await GraphLog.init(store, systemEnvironment, OPTIONS);
  let count = 0;
  const list: ObjectStore["list"] = (prefix, options) => {
    if (prefix === logPrefix(MAIN_LOG_ID)) count++;
    return store.list(prefix, options);
  };
  return { log, remote: overridden(store, { rangeNow: undefined, list }), listings: () => count };
}

const open = (store: ObjectStore): Promise<GraphLog> =>
  GraphLog.open(store, systemEnvironment, { readOnly: true });

afterEach(() => {
  vi.restoreAllMocks();
});

test("who reads the head at once lists nothing more", async () => {
  const { log, remote, listings } = await begin("early listing");
  await put(log, await log.branch("main"), "a");
  const reader = await open(remote);
  expect(listings()).toBe(1);
  expect((await reader.head("main")).address.slot).toBe(1);
  expect(listings()).toBe(1);
});

test("commits that came since are found, whether the listing is believed or is too old", async () => {
  for (const passed of [0, LATER_MS]) {
    const { log, remote, listings } = await begin(`early listing, ${passed} ms later`);
    const reader = await open(remote);
    const main = await log.branch("main");
    for (const id of ["a", "b", "c"]) await put(log, main, id);
    const { clock } = systemEnvironment;
    const now = clock.monotonicMs.bind(clock);
    vi.spyOn(clock, "monotonicMs").mockImplementation(() => now() + passed);
    expect((await reader.head("main")).address.slot).toBe(3);
    expect(listings() > 1).toBe(passed > 0);
    vi.restoreAllMocks();
  }
});

test("what was listed of a graph that was replaced by a shorter one is looked for again", async () => {
  const { log, remote } = await begin("early listing, replaced");
  const main = await log.branch("main");
  for (const id of ["a", "b", "c"]) await put(log, main, id);
  const listed = await remote.list(logPrefix(MAIN_LOG_ID), { limit: 1 });
  const other = await begin("early listing, replacement");
  await put(other.log, await other.log.branch("main"), "d");
  let isFirst = true;
  const list: ObjectStore["list"] = (prefix, options) => {
    if (!isFirst) return other.remote.list(prefix, options);
    isFirst = false;
    return Promise.resolve(listed);
  };
  const reader = await open(overridden(other.remote, { list }));
  expect((await reader.head("main")).address.slot).toBe(1);
});

test("a listing that fails is made again by who needs it", async () => {
  const { log, remote } = await begin("early listing, failed");
  await put(log, await log.branch("main"), "a");
  let isFirst = true;
  const list: ObjectStore["list"] = (prefix, options) => {
    if (!isFirst) return remote.list(prefix, options);
    isFirst = false;
    return Promise.reject(new Error("the network failed"));
  };
  const reader = await open(overridden(remote, { list }));
  expect((await reader.head("main")).address.slot).toBe(1);
});
