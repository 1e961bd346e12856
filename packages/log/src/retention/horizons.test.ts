import { expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { put, removeBranch } from "../../../../tests/support/log/log-writes.ts";
import { reasonOf } from "../../../../tests/support/running/reason-of.ts";
import { type LogId, MAIN_LOG_ID } from "../address.ts";
import { type Cuts, encodeHorizon, horizonKey, WHOLE } from "./horizon-record.ts";
import { Horizons } from "./horizons.ts";
import { pinnedCommits } from "./pins.ts";

async function condemn(world: LogWorld, graph: string, number: number, cuts: Cuts): Promise<void> {
  const horizon = { number, cuts, at: 1, actor: null, nonce: "ab" };
  await world.objects
    .connect("cleaner")
    .putIfAbsent(horizonKey(number, "json"), encodeHorizon(horizon, graph));
}

test("the newest horizon counts, whatever lies beside it", async () => {
  const world = await LogWorld.make();
  const log = await world.open("reader");
  const store = world.objects.connect("reader");
  const horizons = new Horizons(store, log.id, "write");
  expect(await horizons.newest()).toBeNull();
  const at = { logId: MAIN_LOG_ID, slot: 3, index: 0 };
  expect(await horizons.isCondemned(at)).toBe(false);
  await condemn(world, log.id, 0, new Map([[MAIN_LOG_ID, 2]]));
  expect(await horizons.isCondemned(at)).toBe(false);
  for (const part of ["found", "done", "over"] as const)
    await store.put(horizonKey(1, part), Buffer.from("{}"));
  for (const name of ["0", "00000", "00001", "00002", "00003", "00004"])
    await store.put(`__manifest/horizon/${name}`, Buffer.from("of others"));
  expect(await horizons.isCondemned({ ...at, slot: 2 })).toBe(true);
  await condemn(world, log.id, 1, new Map([[MAIN_LOG_ID, WHOLE]]));
  expect(await horizons.isCondemned(at)).toBe(true);
  await log.close();
});

test("a horizon of another graph is refused", async () => {
  const world = await LogWorld.make();
  const log = await world.open("reader");
  await condemn(world, "01M84AR2A0000000000000000Z", 0, new Map([[MAIN_LOG_ID, 2]]));
  const head = await log.head("main");
  expect(await reasonOf(log.starts.check(head))).toBe("graph_replaced");
  await log.close();
});

test("nothing starts from what is condemned but from the heads of branches", async () => {
  const world = await LogWorld.make();
  const { log, main } = await world.begin("writer");
  const first = await put(log, main, "a");
  const second = await put(log, main, "b");
  const empty = await log.createBranch("empty", first, null);
  const draft = await log.createBranch("draft", first, null);
  const own = await put(log, draft, "c");
  const third = await put(log, main, "d");
  await condemn(world, log.id, 0, new Map([[MAIN_LOG_ID, 2]]));
  const made = async (name: string, from: typeof first): Promise<string> => {
    const reason = await reasonOf(log.createBranch(name, from, null));
    expect((await pinnedCommits(world.objects.connect("test"))).commits).toEqual(new Set());
    return reason;
  };
  expect(await made("a", second)).toBe("history_reclaimed");
  expect(await made("b", third)).toBe("none");
  expect(await made("c", own)).toBe("none");
  // The head of `empty`, which is not condemned for as long as that is there.
  expect(await made("d", first)).toBe("none");
  await removeBranch(log, "d");
  await put(log, empty, "e");
  expect(await made("e", first)).toBe("history_reclaimed");
  expect((await log.listBranches()).map(({ name }) => name)).toEqual(["b", "c", "draft", "empty", "main"]);
  await removeBranch(log, "draft");
  const logId: LogId = draft.logId;
  expect(await made("f", own)).toBe("none");
  await condemn(
    world,
    log.id,
    1,
    new Map([
      [MAIN_LOG_ID, 2],
      [logId, WHOLE],
    ]),
  );
  expect(await made("g", own)).toBe("none"); // it is the head of c and f
  await removeBranch(log, "c");
  await removeBranch(log, "f");
  await removeBranch(log, "g");
  expect(await made("h", own)).toBe("history_reclaimed");
  await log.close();
});

test("a branch whose claim expired before its record was there is taken back where its fork point is condemned by then", async () => {
  for (const condemned of [true, false]) {
    const world = await LogWorld.make();
    const { log, main } = await world.begin("writer");
    const first = await put(log, main, "a");
    await put(log, main, "b");
    const fork = await log.fork("draft", first, null);
    const store = world.objects.connect("cleaner");
    for (const { key } of await store.list("__manifest/pins/")) await store.delete(key); // as cleanup does with what has expired
    if (condemned) await condemn(world, log.id, 0, new Map([[MAIN_LOG_ID, 1]]));
    expect(await reasonOf(fork.publish())).toBe(condemned ? "history_reclaimed" : "none");
    expect((await log.listBranches()).map(({ name }) => name)).toEqual(
      condemned ? ["main"] : ["draft", "main"],
    );
    await log.close();
  }
});
