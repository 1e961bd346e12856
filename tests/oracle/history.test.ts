import { describe, it } from "vitest";
import { cases, repro, repros } from "../support/running/cases.ts";
import { historySuite, onGraph } from "./history.suite.ts";

describe("branching histories against the naive model", () => {
  historySuite(cases(40));

  it.each(repros("histories"))("the kept case %s replays without a failure", (file) => onGraph(repro(file)));
});
