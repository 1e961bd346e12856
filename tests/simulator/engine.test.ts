/**
 * The real library in a simulated world. Three processes have one graph open over a simulated store; their clients mutate, load, branch, merge, revert, fold, now and then migrate,
 * in half of the runs clean up, read, compare, preview and follow the change feed, some on handles that write relaxed, while the seed loses answers, stops processes and lets them go on, crashes and closes them, moves their clocks, fills the disk and takes the power away. Afterwards a
 * naive model makes the commits that are in the logs once more, and must explain every answer that anyone was told: what was acknowledged is there
 * once and came within its call, what was refused is not there and had to be refused, what was read, compared or foreseen was there and was new enough, what is gone had been condemned as it was asked for, consumers of the feed got every commit once and in
 * order, and whoever opens the graph
 * finds what the model says and can write.
 *
 * What happens is in `engine/run.ts`, what clients do in `engine/actors`, what must hold in `engine/check.ts`, the model in `tests/oracle`. The log has a
 * simulator of its own (`simulator.test.ts`): with clients that need no engine it reaches what is rare here, long logs and relaxed writes that are torn.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { engineSuite } from "./engine.suite.ts";
import { simulate } from "./engine/run.ts";
import type { Repro } from "./engine/shrink.ts";

const REPROS = new URL("repros/", import.meta.url);
engineSuite(1, 30);

test.each(readdirSync(REPROS).filter((file) => file.endsWith(".json")))(
  "the kept case %s replays without a failure",
  async (file) => {
    const { seed, ...options }: Repro = JSON.parse(readFileSync(new URL(file, REPROS), "utf8"));
    expect((await simulate(seed, options)).violation).toBeNull();
  },
);

test("a seed gives the same run every time: every call to the store, and every answer", async () => {
  const runs = [
    [3, "none"],
    [14, "cleaned"],
    [15, "kept"],
    [92, "tended"],
  ] as const;
  for (const [seed, upkeep] of runs)
    expect(await simulate(seed, { upkeep })).toEqual(await simulate(seed, { upkeep }));
});
