import { expect, test } from "vitest";
import { type EngineBug, ENGINE_BUGS } from "./engine/bugs.ts";
import type { RunOptions } from "./engine/options.ts";
import { simulate } from "./engine/run.ts";
import { engineSuite } from "./engine.suite.ts";

engineSuite(31, 470);

const MIGRATING = 200;

test(
  `${MIGRATING} seeds from 601 on, in all of which schemas change, explain what everyone was told`,
  { timeout: 180_000 + MIGRATING * 3_000 },
  async () => {
    let migrations = 0;
    for (let seed = 601; seed < 601 + MIGRATING; seed++) {
      const { violation, totals } = await simulate(seed, { migrates: true });
      expect(violation, `seed ${seed}`).toBe(null);
      migrations += totals.migrations;
    }
    expect(migrations).toBeGreaterThan(MIGRATING);
  },
);

/** Seeds within which a planted bug must be found. */
const SEEDS_OF_A_BUG = 200;

/** Runs in which nothing comes between that a bug does not need. */
const PLAIN: RunOptions = { fills: false, migrates: false };

/** Where a bug shows that needs what comes together rarely: a run of few seeds may miss it. */
const SHOWS: Partial<Record<EngineBug, RunOptions & { readonly first?: number }>> = {
  forward_unseen: { first: 250 },
  // With the first seed a settlement that is so wrong never ends.
  settle_ignores_landed_op: { first: 2 },
  merge_ignores_merges: { first: 440 },
  cleanup_condemns_after_listing_pins: { upkeep: "hasty" },
  unsynced_is_full: { fills: true },
  fold_undoes_schema: { migrates: true },
};

test.each(ENGINE_BUGS)(
  `the planted bug %s is caught within ${SEEDS_OF_A_BUG} seeds`,
  { timeout: 600_000 },
  async (bug) => {
    const { first = 1, ...options } = { ...PLAIN, ...SHOWS[bug] };
    for (let seed = first; seed < first + SEEDS_OF_A_BUG; seed++)
      if ((await simulate(seed, { ...options, bug })).violation !== null) return;
    expect.fail(`${bug} was not noticed`);
  },
);
