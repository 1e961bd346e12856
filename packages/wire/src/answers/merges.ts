import type { EntityKind, MergeConflictKind, MergeOutcome, MergeProspect } from "../shapes.generated.ts";
import type { EntityImage } from "./changes.ts";
import type { CommitSummary } from "./commits.ts";

/** An entity by its name. */
export interface EntityRef {
  readonly kind: EntityKind;
  /** Name of the type. */
  readonly type: string;
  readonly id: string;
}

/** One thing that a merge cannot decide. */
export interface MergeConflict {
  readonly kind: MergeConflictKind;
  readonly entityKind: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** Null where the conflict is about how many edges of the type leave a node, which `with` then names first. */
  readonly id: string | null;
  /** Names of the properties that both sides changed differently, `from` and `to` for the ends of an edge. */
  readonly properties: readonly string[];
  /** The other entities of the conflict: the node that an edge misses, the holders of a unique tuple, the edges of a node. */
  readonly with: readonly EntityRef[];
  readonly message: string;
  /** The entity at the merge base and on both sides; null where it is not there, or where the conflict is of no single entity. */
  readonly base: EntityImage | null;
  readonly ours: EntityImage | null;
  readonly theirs: EntityImage | null;
}

/** How many entities of a type changed. */
export interface ChangeCount {
  readonly kind: EntityKind;
  readonly type: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface MergeAnswer {
  readonly source: string;
  readonly target: string;
  readonly outcome: MergeOutcome;
  readonly actor: string | null;
  /** Null when the target was up to date. */
  readonly commit: CommitSummary | null;
  /** The conflicts that were decided by the strategy and the resolutions. */
  readonly resolved: readonly MergeConflict[];
  /** Null where no deletion was asked for. */
  readonly branchDeleted: boolean | null;
  /** Why the source is still there, where it was to be deleted. */
  readonly branchDeleteError: string | null;
}

/** A decision that was of no use so far. */
export interface UnusedResolution extends EntityRef {
  /** What is wrong with it, unless its entity comes into conflict once others are decided. */
  readonly message: string;
}

/** What a merge would do now. */
export interface MergePreview {
  readonly source: string;
  readonly target: string;
  /** What it would come to once its conflicts are decided. */
  readonly outcome: MergeOutcome;
  /** What it would do as it was asked, `conflict` while any is left. */
  readonly would: MergeProspect;
  /** The newest common ancestors; more than one after merges in both directions. */
  readonly bases: readonly string[];
  /** What would change in the target, the conflicts left aside. */
  readonly changes: readonly ChangeCount[];
  readonly resolved: readonly MergeConflict[];
  /** What refuses the merge. */
  readonly conflicts: readonly MergeConflict[];
  /** The decisions that decided nothing; they are an error once no conflict is left. */
  readonly unused: readonly UnusedResolution[];
}

export interface RevertAnswer {
  readonly branch: string;
  /** The commit whose changes were taken back. */
  readonly reverted: string;
  readonly actor: string | null;
  /** Null where nothing was left to take back. */
  readonly commit: CommitSummary | null;
  readonly resolved: readonly MergeConflict[];
}
