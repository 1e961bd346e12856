import { expect, test } from "vitest";
import { ENGINE_BUGS } from "./engine/bugs.ts";
import { simulate } from "./engine/run.ts";
import { engineSuite } from "./engine.suite.ts";

engineSuite(31, 470);

/** Seeds within which a planted bug must be found. */
const SEEDS_OF_A_BUG = 60;

test.each(ENGINE_BUGS)(
  `the planted bug %s is caught within ${SEEDS_OF_A_BUG} seeds`,
  { timeout: 120_000 },
  async (bug) => {
    for (let seed = 1; seed <= SEEDS_OF_A_BUG; seed++)
      if ((await simulate(seed, { bug })).violation !== null) return;
    expect.fail(`${bug} was not noticed`);
  },
);
