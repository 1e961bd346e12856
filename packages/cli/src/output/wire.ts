import { NumberText } from "@omnigraph/base";
import type { CommitSummary, LoadAnswer, MutationAnswer, QueryAnswer, SnapshotAnswer } from "omnigraph";
import { INTERNAL_SCHEMA_VERSION } from "../version.ts";

/** JSON shapes of the contract: names and nesting are what scripts rely on. */
type Json = Record<string, unknown>;

export function commitJson(commit: CommitSummary): Json {
  return {
    graph_commit_id: commit.id,
    graph_branch: commit.branch === "main" ? null : commit.branch,
    graph_manifest_version: commit.depth,
    parent_commit_id: commit.parent,
    merged_parent_commit_id: commit.mergedParent,
    actor_id: commit.actor,
    created_at: commit.createdAt,
    message: commit.message,
    kind: commit.kind,
    depth: commit.depth,
  };
}

export function queryJson(answer: QueryAnswer): Json {
  return {
    query_name: answer.queryName,
    target: targetJson(answer),
    row_count: answer.rows.length,
    columns: answer.columns,
    rows: wireRows(answer),
    graph_commit_id: answer.commit,
    ...warningsJson(answer),
  };
}

/**
 * Rows for JSON. A sum beyond 2^53 that a double holds exactly is written as a decimal number, `9007199254740994.0`, as clients expect of sums; one that
 * no double holds, like any other integer, with its digits alone: no reader loses one.
 */
export function wireRows({ rows, sums }: QueryAnswer): readonly Json[] {
  if (sums.length === 0) return rows;
  return rows.map((row) => {
    const changed = sums.flatMap((name): [string, NumberText][] => {
      const sum = row[name];
      return typeof sum === "bigint" && BigInt(Number(sum)) === sum
        ? [[name, new NumberText(`${sum}.0`)]]
        : [];
    });
    return changed.length === 0 ? row : { ...row, ...Object.fromEntries(changed) };
  });
}

/** A member of its own where there is something to warn of. */
function warningsJson({ warnings }: { readonly warnings: readonly string[] }): Json {
  return warnings.length === 0 ? {} : { warnings };
}

/** What a read was run on: a branch, or one commit. */
export function targetJson(answer: QueryAnswer): Json {
  return { branch: answer.snapshot === null ? answer.branch : null, snapshot: answer.snapshot };
}

export function mutationJson(answer: MutationAnswer): Json {
  return {
    branch: answer.branch,
    query_name: answer.queryName,
    affected_nodes: answer.affectedNodes,
    affected_edges: answer.affectedEdges,
    actor_id: answer.actor,
    commit: answer.commit === null ? null : commitJson(answer.commit),
    ...warningsJson(answer),
  };
}

export function loadJson(answer: LoadAnswer, uri: string): Json {
  const loaded = (list: LoadAnswer["nodes"]): Json[] =>
    list.map((t) => ({ name: t.name, entities_loaded: t.entities }));
  return {
    uri,
    branch: answer.branch,
    mode: answer.mode,
    branch_created: answer.branchCreated,
    nodes: loaded(answer.nodes),
    edges: loaded(answer.edges),
    total_entities: [...answer.nodes, ...answer.edges].reduce((sum, t) => sum + t.entities, 0),
    ...(answer.timesCut === 0 ? {} : { datetimes_cut: answer.timesCut }),
    commit: commitJson(answer.commit),
  };
}

export function snapshotJson(answer: SnapshotAnswer): Json {
  return {
    graph_branch: answer.branch,
    graph_manifest_version: answer.commit.depth,
    internal_schema_version: INTERNAL_SCHEMA_VERSION,
    datasets: answer.datasets.map((d) => ({
      entity_kind: d.kind,
      type_name: d.typeName,
      dataset_path: d.path,
      published_dataset_version: d.version,
      native_dataset_branch: null,
      entity_count: d.count,
    })),
  };
}
