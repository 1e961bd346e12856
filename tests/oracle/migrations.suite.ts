import { expect, it } from "vitest";
import { checkCases, patience } from "../support/running/cases.ts";
import { replayMigrations, type Tally } from "./migrations-run.ts";
import { migrations } from "./random-migrations.ts";

/** Every one of these is met several times in a hundred histories. */
const MET = [
  "migration",
  "migration refused",
  "merge of schemas: done",
  "merge of schemas: conflict",
  "revert of schemas: done",
  "revert of rows: done",
  "revert of rows: conflict",
];

const SEED = 20_261_130;

/** Random histories of migrations, writes, merges and reverts against the naive model. */
export function migrationsSuite(histories: number): void {
  it(
    `${histories} random histories of migrations give the same graphs, schemas and refusals`,
    async () => {
      const tally: Tally = new Map();
      await checkCases(
        "migrations",
        migrations,
        histories,
        (drawn) => replayMigrations(drawn, tally),
        // More than usual are others at each run: some thousands have been run so far.
        process.env["OMNIGRAPH_TIMES"] === undefined ? SEED : undefined,
      );
      if (process.env["OMNIGRAPH_TALLY"] !== undefined) console.log(tally);
      // Every history that failed to say anything would pass.
      for (const what of MET)
        expect(tally.get(what) ?? 0, what).toBeGreaterThanOrEqual(Math.max(1, histories / 50));
    },
    patience(histories),
  );
}
