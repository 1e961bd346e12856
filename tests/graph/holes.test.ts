import { systemEnvironment } from "@omnigraph/base";
import { GraphLog, MAIN_LOG_ID } from "@omnigraph/log";
import { describe, expect, it } from "vitest";
import { slotKey } from "../../packages/log/src/address.ts";
import { BLOCK_SLOTS } from "../../packages/log/src/digest/blocks.ts";
import { cases } from "../support/running/cases.ts";
import { GRAPH } from "../support/log/log-world.ts";
import { rowsAt, TYPE, writeOf } from "../support/log/log-writes.ts";
import { grow } from "../support/log/long-log.ts";
import { grownTo, handleBehind, handleOn, holesSuite, places, reader } from "./holes.suite.ts";

describe.each(places())("a log in %s with a damaged slot", (name, placeAt, worth) => {
  holesSuite(name, placeAt, cases(2 * worth));

  it("a log is torn where a branch record shows that it was longer, also for whoever lists the branches", async () => {
    const { store } = await placeAt("forked");
    const log = await GraphLog.init(store, systemEnvironment, GRAPH);
    const main = await log.branch("main");
    await grow(log, main, TYPE, ["a", "b", "c"]);
    await log.createBranch("draft", await main.head(), null);
    await log.close();
    await store.delete(slotKey(MAIN_LOG_ID, 3));
    const { log: again } = await handleOn(store);
    await expect(again.listBranches()).rejects.toMatchObject({ reason: "log_torn", details: { slot: 3 } });
    await expect(again.head("main")).rejects.toMatchObject({ reason: "log_torn", details: { slot: 3 } });
  });

  it("a log is torn where only the digest of a block shows that it was longer", async () => {
    const grown = await grownTo(await placeAt("digested"), BLOCK_SLOTS + 2);
    const { store } = grown.place;
    for (let slot = 10; slot < BLOCK_SLOTS + 2; slot++) await store.delete(slotKey(MAIN_LOG_ID, slot));
    const torn = { reason: "log_torn", details: { slot: 10 } };
    await expect(rowsAt(await reader(store), "main")).rejects.toMatchObject(torn);
    const { log, main } = await handleOn(store);
    await expect(log.writer(main).submit(writeOf("new"))).rejects.toMatchObject(torn);
    expect(await store.exists(slotKey(MAIN_LOG_ID, 10))).toBe(false);
  });

  it.each([
    [2, 8],
    [20, 40],
  ])(
    "a log with a hole of %i slots gives nothing to readers and takes nothing from writers",
    async (gone, length) => {
      const { place, objects } = await grownTo(await placeAt(`hole-${gone}`), length);
      const behind = await handleBehind({ place, objects }, 4);
      for (let slot = 4; slot < 4 + gone; slot++) await place.store.delete(slotKey(MAIN_LOG_ID, slot));
      await expect(rowsAt(await reader(place.store), "main")).rejects.toMatchObject({ reason: "log_torn" });
      // It last looked before the hole, and longer ago than a look is relied on.
      behind.wait(2000);
      const writing = behind.log.writer(behind.main).submit(writeOf("new"));
      await expect(writing).rejects.toMatchObject({ reason: "log_torn" });
      expect(await place.store.exists(slotKey(MAIN_LOG_ID, 4))).toBe(false);
    },
  );
});
