import { describe, it } from "vitest";
import { cases, repro, repros } from "../support/running/cases.ts";
import { runRace, runStorm } from "./race-run.ts";
import { racesSuite } from "./races.suite.ts";

describe("races for the next commit of a branch", () => {
  racesSuite(cases(200));

  it.each(repros("races"))("replays %s", (file) => runRace(repro(file)));
  it.each(repros("storms"))("replays %s", (file) => runStorm(repro(file)));
});
