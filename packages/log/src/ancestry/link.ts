import type { CommitId } from "../address.ts";

/** A commit as a node of the graph of commits. */
export interface CommitLink {
  readonly id: CommitId;
  /** None for the genesis; the first is the commit before it. */
  readonly parents: readonly CommitId[];
  /** One more than the greatest of its parents'. */
  readonly generation: number;
}

/** Where links are read from. */
export interface LinkSource {
  /** Throws `commit_not_found`. */
  link(id: CommitId, signal?: AbortSignal): CommitLink | Promise<CommitLink>;
}
