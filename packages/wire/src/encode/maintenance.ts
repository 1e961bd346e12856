import type {
  CleanedType,
  CleanupAnswer,
  FsckAnswer,
  OperationAnswer,
  OptimizeAnswer,
  OptimizedType,
  RepairAnswer,
  RepairedObject,
  RepairedTable,
} from "../answers/maintenance.ts";
import type {
  CleanedDatasetJson,
  CleanupJson,
  FsckJson,
  OptimizeOperationJson,
  RepairJson,
  RepairedDatasetJson,
  RepairedObjectJson,
  OptimizedDatasetJson,
  OptimizeJson,
} from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

/** `uri` is the graph's address as it was given. */
export function optimizeJson(
  { operation, branch, commit, problem, types }: OptimizeAnswer,
  uri: string,
): OptimizeJson {
  return {
    uri,
    operation,
    branch,
    commit: commit === null ? null : commitJson(commit),
    problem,
    datasets: types.map(datasetJson).toSorted((a, b) => (a.type_key < b.type_key ? -1 : 1)),
  };
}

function datasetJson(type: OptimizedType): OptimizedDatasetJson {
  return {
    type_key: `${type.kind}:${type.typeName}`,
    fragments_removed: type.tablesRemoved,
    fragments_added: type.tablesAdded,
    committed: true,
    skipped: null,
    published_dataset_version: null,
    lance_head_version: null,
    pending_indexes: [...type.indexesPending],
    tables: type.tables,
    rows_written: type.rowsWritten,
    indexes_built: [...type.indexesBuilt],
  };
}

/** `uri` is the graph's address as it was given. */
export function fsckJson({ isClean, findings, ...rest }: FsckAnswer, uri: string): FsckJson {
  return {
    uri,
    clean: isClean,
    errors: rest.errors,
    warnings: rest.warnings,
    notes: rest.notes,
    checked: { ...rest.checked },
    findings: findings.map((finding) => ({ ...finding, branches: [...finding.branches] })),
  };
}

/** `uri` is the graph's address as it was given. */
export function cleanupJson(answer: CleanupAnswer, uri: string): CleanupJson {
  const { keep, olderThanMs, types, pending, commits, commitBytes } = answer;
  return {
    uri,
    confirmed: answer.confirmed,
    keep_versions: keep,
    older_than_secs: olderThanMs === null ? null : olderThanMs / 1000,
    folded: [...answer.folded],
    datasets: types.map(cleanedJson).toSorted((a, b) => (a.type_key < b.type_key ? -1 : 1)),
    commits_reclaimed: commits,
    commit_bytes_removed: commitBytes,
    bytes_removed: types.reduce((sum, { bytes }) => sum + bytes, commitBytes),
    pending:
      pending === null
        ? null
        : {
            slots: pending.slots,
            tables: pending.tables,
            removable_in_secs: Math.ceil(pending.waitMs / 1000),
          },
    notes: [...answer.notes],
  };
}

function cleanedJson({ kind, typeName, tables, bytes }: CleanedType): CleanedDatasetJson {
  return {
    type_key: kind === null ? typeName : `${kind}:${typeName}`,
    bytes_removed: bytes,
    old_versions_removed: tables,
    error: null,
  };
}

/** `uri` is the graph's address as it was given. */
export function operationJson(
  { operation, branch, state, commit }: OperationAnswer,
  uri: string,
): OptimizeOperationJson {
  return { uri, operation, branch, state, commit: commit === null ? null : commitJson(commit) };
}

/** `uri` is the graph's address as it was given. */
export function repairJson(
  { branch, isConfirmed, isForced, commit, tables, objects, problem }: RepairAnswer,
  uri: string,
): RepairJson {
  return {
    uri,
    confirm: isConfirmed,
    force: isForced,
    graph_manifest_version: commit?.depth ?? null,
    datasets: tables.map(repairedDatasetJson).toSorted((a, b) => (a.type_key < b.type_key ? -1 : 1)),
    branch,
    commit: commit === null ? null : commitJson(commit),
    objects: objects.map(repairedObjectJson),
    problem,
  };
}

function repairedDatasetJson(table: RepairedTable): RepairedDatasetJson {
  const { added, removed, changed } = table.rows;
  return {
    type_key: `${table.kind}:${table.typeName}`,
    published_dataset_version: table.publishedVersion,
    lance_head_version: table.headVersion,
    classification: table.classification,
    action: table.action,
    operations: [...table.operations],
    error: table.error,
    table: table.table,
    done: table.isDone,
    rows_added: added.count,
    rows_removed: removed.count,
    rows_changed: changed.count,
    added: [...added.ids],
    removed: [...removed.ids],
    changed: [...changed.ids],
    advice: table.advice,
  };
}

function repairedObjectJson({ isDone, ...object }: RepairedObject): RepairedObjectJson {
  return { ...object, done: isDone };
}
