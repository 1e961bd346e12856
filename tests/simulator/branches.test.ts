import { expect, test } from "vitest";
import { simulateBranches } from "./branch-run.ts";
import { branchesSuite } from "./branches.suite.ts";
import { MERGE_BUGS } from "./planted.ts";
import seeds from "./seeds.json" with { type: "json" };

branchesSuite(1, 40, seeds.branches);

test("a seed gives the same run every time", async () => {
  expect(await simulateBranches(7)).toEqual(await simulateBranches(7));
});

test.each(["lost_is_failure", "acknowledge_before_sync", "never_sync", ...MERGE_BUGS] as const)(
  "the planted bug %s is caught within 100 seeds",
  async (bug) => {
    for (let seed = 1; seed <= 100; seed++) {
      if ((await simulateBranches(seed, bug)).violation !== null) return;
    }
    expect.fail(`${bug} was not noticed`);
  },
);
