import type { ErrorDetails, Reason } from "@omnigraph/base";

/** A branch as listings show it. */
export interface BranchSummary {
  /** Name of the branch. */
  readonly name: string;
  /** Id of its newest commit; empty where there is a problem. */
  readonly head: string;
  /** Id of the commit that it was made at; null for main. */
  readonly forkedFrom: string | null;
  /** Why the branch cannot be read; left out where it can be. */
  readonly problem?: BranchProblem;
}

/** A branch that was made. */
export interface BranchCreated {
  /** Name of the branch. */
  readonly name: string;
  /** Id of the commit that it was made at, which is its newest. */
  readonly head: string;
  /** The same commit. */
  readonly forkedFrom: string;
  /** Who made it; null where nobody was named. */
  readonly actor: string | null;
}

/** A branch that was deleted. */
export interface BranchDeleted {
  /** Name of the branch. */
  readonly name: string;
  /** Who deleted it; null where nobody was named. */
  readonly actor: string | null;
}

/** What is wrong with a branch: as an error about it says. */
export interface BranchProblem {
  /** Reason of the failure that reading it would have. */
  readonly reason: Reason;
  /** What is wrong, as the failure would say. */
  readonly message: string;
  /** Facts, as the failure would have them. */
  readonly details: ErrorDetails;
}
