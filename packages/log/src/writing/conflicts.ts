import type { ChangeSet } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";
import type { WriteRequest } from "./request.ts";

/** Kinds of commits that change no row and no schema: they do not break the condition of a conditional write. */
const SILENT: ReadonlySet<CommitKind> = new Set(["maintenance", "recovery"]);

export function isSilent({ header }: CommitRecord): boolean {
  return SILENT.has(header.kind);
}

/** Whether commits gave a branch another schema than a write was evaluated with: then it is to be evaluated again, whatever rows it is about. */
export function hasOtherSchema(base: CommitRecord, commits: readonly CommitRecord[]): boolean {
  return commits.some(({ header }) => header.schema !== base.header.schema);
}

/** The first of the commits whose rows conflict with a draft of a request; null: none does. */
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
    // What is merged may have come to ours itself: a fold, of which a branch was made. Then nothing is left to be merged.
    if (commit.header.id === draft.merge?.theirs.header.id) return commit;
    if (isSilent(commit) || commit.header.kind === "schema") continue;
    const byMerge = commit.header.parents.length > 1;
    let rows = ownRows(commit);
    // Tables may be large, so they are not read for a draft that conflicts with any commit.
    if (rows === null && !draft.conflictsWith([], byMerge)) rows = await request.rowsOf(commit);
    if (rows === null || draft.conflictsWith(rows, byMerge)) return commit;
  }
  return null;
}

/** The changes of a commit that contains all of its rows; null for any other commit. */
export function ownRows({ changes }: CommitRecord): ChangeSet | null {
  return changes.kind === "rows" && changes.replaced.length === 0 ? changes.rows : null;
}
