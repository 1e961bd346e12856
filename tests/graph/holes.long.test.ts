import { describe } from "vitest";
import { cases } from "../support/running/cases.ts";
import { holesSuite, places } from "./holes.suite.ts";

describe.each(places())("a log in %s with a damaged slot", (name, placeAt, worth) => {
  holesSuite(name, placeAt, cases(38 * worth));
});
