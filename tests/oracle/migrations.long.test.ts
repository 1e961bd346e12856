import { describe } from "vitest";
import { cases } from "../support/running/cases.ts";
import { migrationsSuite } from "./migrations.suite.ts";

describe("migrations against the naive model", () => {
  migrationsSuite(cases(960));
});
