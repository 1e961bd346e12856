import { join } from "node:path";
import { expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("demo");

it("the tour runs to its end, through its conflict and its revert", async () => {
  const told = await ok(["demo", "tour"], { cwd });
  expect(told).toMatch(/^divergent_update \(1\)/m);
  expect(told).toMatch(/^Service passkeys \| tier +\| 1 +\| 3 +\| 2 *$/m);
  expect(told).toMatch(
    /^merged proposal into main, commit [0-9A-Z]{26}\n1 conflict decided\ndeleted proposal$/m,
  );
  expect(told).toMatch(/^took back [0-9A-Z]{26} on main, commit/m);
  expect(told).toMatch(/^schema applied on on-call, commit/m);
  expect(told).toMatch(/^nobody yet \| +\d+ *$/m);
  expect(told).toContain("The graph and its files are in tour");
  const query =
    'query q() { match { $s: Service { slug: "passkeys" } } return { $s.tier as tier, $s.monthly_cost as cost } }';
  const { rows } = JSON.parse(
    await ok(["query", "--store", "tour/estate.omni", "-e", query, "--json"], { cwd }),
  );
  expect(rows).toEqual([{ tier: 3, cost: null }]);
  const again = await run(["demo", join(cwd, "tour")], { cwd });
  expect(again.err).toMatch(/error\[folder_not_empty\]/);
});
