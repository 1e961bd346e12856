import type { CommitSummary } from "./commits.ts";

/** A branch of a copy. */
export interface CopiedBranch {
  /** Its name. */
  readonly name: string;
  /** Its newest commit in the copy. */
  readonly head: CommitSummary;
}

/** What `backup` or `restore` did. */
export interface BackupAnswer {
  /** Id of the graph, which the copy has too. */
  readonly graph: string;
  /** Address of the copy, as it was given. */
  readonly uri: string;
  /** The branches that were asked for, by name. */
  readonly branches: readonly CopiedBranch[];
  /** Objects that were copied. */
  readonly objectsCopied: number;
  /** Objects that were looked at and were there already. What earlier copies vouch for is not looked at, unless all is verified. */
  readonly objectsKept: number;
  /** Bytes that were copied. */
  readonly bytesCopied: number;
  /** Whether every object of the copy was read back and compared. */
  readonly verified: boolean;
}
