import { describe } from "vitest";
import { cases } from "../support/running/cases.ts";
import { historySuite } from "./history.suite.ts";

describe("branching histories against the naive model", () => {
  historySuite(cases(320));
});
