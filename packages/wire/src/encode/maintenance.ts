import type { FsckAnswer, OptimizeAnswer, OptimizedType } from "../answers/maintenance.ts";
import type { FsckJson, OptimizedDatasetJson, OptimizeJson } from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

/** `uri` is the graph's address as it was given. */
export function optimizeJson({ branch, commit, types }: OptimizeAnswer, uri: string): OptimizeJson {
  return {
    uri,
    branch,
    commit: commit === null ? null : commitJson(commit),
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
    pending_indexes: [],
    tables: type.tables,
    rows_written: type.rowsWritten,
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
