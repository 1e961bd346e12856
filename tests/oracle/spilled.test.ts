import { describe } from "vitest";
import { spilledSuite } from "./spilled.suite.ts";

describe("rows on disk against the naive reader", () => {
  spilledSuite([1], 90, 2 ** 20, 4);
});
