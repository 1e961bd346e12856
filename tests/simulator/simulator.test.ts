import { expect, test } from "vitest";
import { simulate } from "./run.ts";

test("seeds", async () => {
  const t0 = Date.now();
  const totals = { commits: 0, acknowledged: 0, crashes: 0, powerLosses: 0 };
  let bad = 0;
  for (let seed = 1; seed <= Number(process.env.N ?? 20); seed++) {
    const outcome = await simulate(seed);
    if (outcome.violation !== null && bad++ < 5) console.log(seed, outcome.violation);
    for (const k of ["commits", "acknowledged", "crashes", "powerLosses"] as const) totals[k] += outcome[k];
  }
  console.log(bad, totals, Date.now() - t0);
  expect(bad).toBe(0);
});
