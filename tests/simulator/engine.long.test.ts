import { expect, test } from "vitest";
import { type EngineBug, ENGINE_BUGS } from "./engine/bugs.ts";
import { simulate } from "./engine/run.ts";
import { engineSuite } from "./engine.suite.ts";

engineSuite(31, 470);

/** Seeds within which a planted bug must be found. */
const SEEDS_OF_A_BUG = 200;

/** The first of them, where it is not 1: what these need comes together rarely, so that a run of few seeds may miss it. */
const FIRST: Partial<Record<EngineBug, number>> = { forward_unseen: 120, merge_ignores_merges: 330 };

test.each(ENGINE_BUGS.map((bug) => [bug, FIRST[bug] ?? 1] as const))(
  `the planted bug %s is caught within ${SEEDS_OF_A_BUG} seeds from %d on`,
  { timeout: 120_000 },
  async (bug, first) => {
    for (let seed = first; seed < first + SEEDS_OF_A_BUG; seed++)
      if ((await simulate(seed, { bug })).violation !== null) return;
    expect.fail(`${bug} was not noticed`);
  },
);
