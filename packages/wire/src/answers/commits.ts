import type { CommitKind } from "../shapes.generated.ts";

/** A commit as listings show it. */
export interface CommitSummary {
  /** 26 digits and letters, sorted by time. */
  readonly id: string;
  /** The branch that it was made on; branches made later share it. */
  readonly branch: string;
  /** Length of the chain of first parents; grows strictly along it. */
  readonly depth: number;
  /** Id of the first parent; null for the first commit of a graph. */
  readonly parent: string | null;
  /** Id of the second parent, that of a merge; else null. */
  readonly mergedParent: string | null;
  /** Its author; null where none was named. */
  readonly actor: string | null;
  /** Microseconds since the epoch, strictly growing along first parents. */
  readonly createdAt: number;
  /** What made it. */
  readonly kind: CommitKind;
  /** Why it was made; null where nothing was said. */
  readonly message: string | null;
  /** Set where another process published it, because its own was gone: `kind`, `actor` and `message` are those of the write. */
  readonly recovered?: true;
}

/** A page of a list of commits. */
export interface CommitPage {
  /** The newest first. */
  readonly commits: readonly CommitSummary[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}
