import { describe, it } from "vitest";
import { cases, repro, repros } from "../support/running/cases.ts";
import { runRace, runStorm } from "./race-run.ts";
import { racesSuite } from "./races.suite.ts";

describe("races for the next commit of a branch", () => {
  racesSuite(cases(60));

  it.each(repros("races"))("the kept case %s replays without a failure", (file) => runRace(repro(file)));
  it.each(repros("storms"))("the kept case %s replays without a failure", (file) => runStorm(repro(file)));
});
