import { describe } from "vitest";
import { cases } from "../support/running/cases.ts";
import { racesSuite } from "./races.suite.ts";

describe("races for the next commit of a branch", () => {
  racesSuite(cases(480));
});
