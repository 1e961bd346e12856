import { expect, test } from "vitest";
import { BUGS } from "./planted.ts";
import { simulate } from "./run.ts";
import { simulatorSuite } from "./simulator.suite.ts";

simulatorSuite(31, 470, []);

test.each(BUGS)("the planted bug %s is caught within 100 seeds", async (bug) => {
  for (let seed = 1; seed <= 100; seed++) {
    if ((await simulate(seed, bug)).violation !== null) return;
  }
  expect.fail(`${bug} was not noticed`);
});
