import { describe } from "vitest";
import { spilledSuite } from "./spilled.suite.ts";

describe("rows on disk against the naive reader", () => {
  spilledSuite([2, 3], 200, 2 ** 20, 6);
  spilledSuite([4], 650, 2 ** 26, 2);
});
