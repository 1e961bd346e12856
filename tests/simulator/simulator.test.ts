import { expect, test } from "vitest";
import { BUGS } from "./planted.ts";
import { simulate } from "./run.ts";
import { outcomes, simulatorSuite } from "./simulator.suite.ts";
import seeds from "./seeds.json" with { type: "json" };

simulatorSuite(1, 30, seeds.writes);

test("a seed gives the same run every time", async () => {
  const some = [3, 14, 15];
  expect(await outcomes(some)).toEqual(await outcomes(some));
});

test.each(BUGS)("the planted bug %s is caught within 100 seeds", async (bug) => {
  for (let seed = 1; seed <= 100; seed++) {
    if ((await simulate(seed, bug)).violation !== null) return;
  }
  expect.fail(`${bug} was not noticed`);
});
