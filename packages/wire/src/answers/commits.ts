import type { CommitKind } from "../shapes.generated.ts";

/** A commit as listings show it. */
export interface CommitSummary {
  readonly id: string;
  /** The branch that it was made on; branches made later share it. */
  readonly branch: string;
  /** Length of the chain of first parents; grows strictly along it. */
  readonly depth: number;
  readonly parent: string | null;
  readonly mergedParent: string | null;
  readonly actor: string | null;
  /** Microseconds since the epoch, strictly growing along first parents. */
  readonly createdAt: number;
  readonly kind: CommitKind;
  readonly message: string | null;
}

export interface CommitPage {
  readonly commits: readonly CommitSummary[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}
