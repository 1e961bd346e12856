import { describe, it } from "vitest";
import { cases, repro, repros } from "../support/running/cases.ts";
import { replayMigrations } from "./migrations-run.ts";
import { migrationsSuite } from "./migrations.suite.ts";
import type { Migrations } from "./random-migrations.ts";

describe("migrations against the naive model", () => {
  migrationsSuite(cases(40));

  it.each(repros("migrations"))("the kept case %s replays without a failure", (file) =>
    replayMigrations(repro<Migrations>(file)),
  );
});
