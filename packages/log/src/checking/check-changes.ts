import type { RowBatch, TypeChanges } from "@omnigraph/storage";
import { IdTable, idTexts, textAt } from "@omnigraph/storage";
import type { CommitRecord } from "../commit/header.ts";

/** What is wrong with the rows that a commit carries, as clauses. */
export function changeProblems(changes: CommitRecord["changes"]): readonly string[] {
  return changes.kind === "rows" ? changes.rows.flatMap(problemsOf) : [];
}

function problemsOf({ type, after, before, updated }: TypeChanges): readonly string[] {
  if (updated > after.length || updated > before.length)
    return [
      `type ${type} has ${updated} updated rows, but ${after.length} new and ${before.length} old ones`,
    ];
  const problems = [...repeated(type, after, "new"), ...repeated(type, before, "old")];
  if (updated === 0 || problems.length > 0) return problems;
  const [now, then] = [idTexts(after, "id"), idTexts(before, "id")];
  for (let row = 0; row < updated; row++) {
    if (textAt(now, row) === textAt(then, row)) continue;
    return [
      `row ${row} of type ${type} is updated from ${textAt(then, row)} to another id, ${textAt(now, row)}`,
    ];
  }
  return [];
}

function repeated(type: string, batch: RowBatch, which: string): readonly string[] {
  if (batch.length < 2) return [];
  const ids = idTexts(batch, "id");
  if (IdTable.of(ids).size === ids.length) return [];
  return [`an id of type ${type} occurs twice among its ${which} rows`];
}
