import { expect, it } from "vitest";
import { FAULTS } from "../support/simulation/faulty-store.ts";
import { faultSuite } from "./matrix.suite.ts";
import { namesOnPage } from "./page.ts";
import { memoryPlace } from "./places.ts";
import { WRITERS } from "./writers.ts";

/** Those that write in different ways: without a graph, inside a commit, and tables. */
const DIFFERENT = new Set(["init", "mutation", "staged load"]);

faultSuite({
  store: "memory",
  place: memoryPlace,
  sample: { nth: 40, all: false },
  writers: WRITERS.filter(({ name }) => DIFFERENT.has(name)),
  isOfPage: false,
});

it("the page of the matrix has every writer and every fault", () => {
  expect(namesOnPage(), "run node scripts/write-fault-matrix.mjs").toEqual({
    writers: [...WRITERS.map(({ name }) => name), "all"],
    faults: [...FAULTS],
  });
});
