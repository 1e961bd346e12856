import { expect, test } from "vitest";
import { outcomes, simulatorSuite } from "./simulator.suite.ts";
import seeds from "./seeds.json" with { type: "json" };

simulatorSuite(1, 30, seeds.writes);

test("a seed gives the same run every time", async () => {
  const some = [3, 14, 15];
  expect(await outcomes(some)).toEqual(await outcomes(some));
});
