import { expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { FAULTS } from "../support/simulation/faulty-store.ts";
import { faultSuite } from "./matrix.suite.ts";
import { namesOnPage } from "./page.ts";
import { localPlace, memoryPlace } from "./places.ts";
import { WRITERS } from "./writers.ts";

const folder = testFolder("faults");
/** Those that write in different ways: without a graph, inside a commit, and tables. */
const DIFFERENT = new Set(["init", "mutation", "staged load"]);

faultSuite({ store: "memory", place: memoryPlace, nth: 40, isOfPage: false });
faultSuite({
  store: "a local folder",
  place: () => localPlace(folder),
  nth: 60,
  writers: WRITERS.filter(({ name }) => DIFFERENT.has(name)),
  isOfPage: false,
});

it("the page of the matrix has every writer and every fault", () => {
  expect(namesOnPage("memory"), "run node scripts/write-fault-matrix.mjs").toEqual({
    writers: [...WRITERS.map(({ name }) => name), "all"],
    faults: [...FAULTS],
  });
});
