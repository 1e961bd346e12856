import type { ChangeSet } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";
import type { WriteRequest } from "./request.ts";

/** Kinds of commits that change no row and no schema: a conditional write steps past them. */
const SILENT: ReadonlySet<CommitKind> = new Set(["maintenance", "recovery"]);

export function isSilent({ header }: CommitRecord): boolean {
  return SILENT.has(header.kind);
}

/** The first of some commits that a draft of a request conflicts with; null: none. */
export async function firstConflict(
  request: WriteRequest,
  draft: CommitDraft,
  commits: readonly CommitRecord[],
): Promise<CommitRecord | null> {
  for (const commit of commits) {
    if (draft.holdsAt !== undefined) {
      if (!(await draft.holdsAt(commit))) return commit;
      continue;
    }
    if (isSilent(commit)) continue;
    const byMerge = commit.header.parents.length > 1;
    let rows = ownRows(commit);
    // A draft that conflicts whatever the rows are need not wait for them: tables may be large.
    if (rows === null && !draft.conflictsWith([], byMerge)) rows = await request.rowsOf(commit);
    if (rows === null || draft.conflictsWith(rows, byMerge)) return commit;
  }
  return null;
}

/** The rows that a commit carries; null where it does more than that. */
function ownRows({ changes }: CommitRecord): ChangeSet | null {
  return changes.kind === "rows" && changes.replaced.length === 0 ? changes.rows : null;
}
