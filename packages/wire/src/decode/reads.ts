import type { DatasetSummary, QueryAnswer, SnapshotAnswer } from "../answers/reads.ts";
import type { ValuesByName } from "../values.ts";
import { ENTITY_KINDS } from "../words.ts";
import { commitOf } from "./commits.ts";
import type { Members } from "./members.ts";

export function queryOf(json: Members): QueryAnswer {
  const target = json.object("target");
  const sums = json.texts("sums");
  return {
    queryName: json.text("query_name"),
    // What was read at a commit names no branch.
    branch: target.textOrNull("branch") ?? "main",
    snapshot: target.textOrNull("snapshot"),
    columns: json.texts("columns"),
    rows: sums.length === 0 ? json.rows("rows") : json.rows("rows").map((row) => withSums(row, sums)),
    sums,
    commit: json.text("graph_commit_id"),
    warnings: json.texts("warnings"),
  };
}

/** A sum beyond 2^53 is a bigint, also where it was written as a decimal number. */
function withSums(row: ValuesByName, sums: readonly string[]): ValuesByName {
  const whole = sums.flatMap((name) => {
    const sum = row[name];
    return typeof sum === "number" && Number.isInteger(sum) && !Number.isSafeInteger(sum)
      ? [[name, BigInt(sum)] as const]
      : [];
  });
  return whole.length === 0 ? row : { ...row, ...Object.fromEntries(whole) };
}

export function snapshotOf(json: Members): SnapshotAnswer {
  return {
    branch: json.text("graph_branch"),
    commit: commitOf(json.object("commit")),
    datasets: json.objects("datasets").map((dataset): DatasetSummary => ({
      kind: dataset.oneOf("entity_kind", ENTITY_KINDS),
      typeName: dataset.text("type_name"),
      path: dataset.text("dataset_path"),
      version: dataset.count("published_dataset_version"),
      count: dataset.count("entity_count"),
    })),
  };
}
