import type { CommitAddress, CommitId } from "../address.ts";
import type { CommitKind } from "../commit/header.ts";

/** How a commit is linked to the ones before it. */
export interface CommitLink {
  readonly id: CommitId;
  /** None for the genesis; the first is the commit before it. */
  readonly parents: readonly CommitId[];
  /** One more than the greatest of its parents'. */
  readonly generation: number;
}

/** A link with the address and the time of its commit. */
export interface LocatedLink extends CommitLink {
  readonly address: CommitAddress;
  /** Microseconds since the epoch. */
  readonly createdAt: number;
  /** Length of the chain of first parents; the genesis has 1. */
  readonly depth: number;
  readonly kind: CommitKind;
}

/** A source of links; cached ones are answered without a promise. */
export interface LinkSource {
  /** The link of a commit if it is cached, else null; nothing is read. */
  cached(id: CommitId): CommitLink | null;
  /** The link of a commit. Throws `commit_not_found`. */
  link(id: CommitId, signal?: AbortSignal): CommitLink | Promise<CommitLink>;
}
