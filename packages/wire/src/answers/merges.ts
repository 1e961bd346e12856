import type { MigrationStep } from "@omnigraph/language";
import type { EntityKind, MergeConflictKind, MergeOutcome, MergeProspect } from "../shapes.generated.ts";
import type { EntityImage } from "./changes.ts";
import type { CommitSummary } from "./commits.ts";

/** An entity by its name. */
export interface EntityRef {
  /** Node or edge. */
  readonly kind: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** The entity's id. */
  readonly id: string;
}

/** One thing that a merge cannot decide. */
export interface MergeConflict {
  /** Why it cannot be decided. */
  readonly kind: MergeConflictKind;
  /** Node or edge. */
  readonly entityKind: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** Null where the conflict is about how many edges of the type leave a node, which `with` then names first. */
  readonly id: string | null;
  /** Names of the properties that both sides changed differently, `from` and `to` for the ends of an edge. */
  readonly properties: readonly string[];
  /** The other entities of the conflict: the node that an edge misses, the holders of a unique tuple, the edges of a node. */
  readonly with: readonly EntityRef[];
  /** What is in conflict, for people. */
  readonly message: string;
  /** The entity at the merge base and on both sides; null where it is not there, or where the conflict is of no single entity. */
  readonly base: EntityImage | null;
  /** The entity on the branch that receives; null as for `base`. */
  readonly ours: EntityImage | null;
  /** The entity on the branch that is merged into it; null as for `base`. */
  readonly theirs: EntityImage | null;
}

/** How many entities of a type changed. */
export interface ChangeCount {
  /** Nodes or edges. */
  readonly kind: EntityKind;
  /** Name of the type. */
  readonly type: string;
  /** How many came. */
  readonly inserted: number;
  /** How many changed. */
  readonly updated: number;
  /** How many went. */
  readonly deleted: number;
}

/** What a merge did. */
export interface MergeAnswer {
  /** The branch that was merged. */
  readonly source: string;
  /** The branch that received. */
  readonly target: string;
  /** What became of it. */
  readonly outcome: MergeOutcome;
  /** Author of the merge; null where none was named. */
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
  /** The branch that would be merged; of a revert the commit. */
  readonly source: string;
  /** The branch that would receive. */
  readonly target: string;
  /** What it would come to once its conflicts are decided. */
  readonly outcome: MergeOutcome;
  /** What it would do as it was asked, `conflict` while any is left. */
  readonly would: MergeProspect;
  /** The newest common ancestors; more than one after merges in both directions. */
  readonly bases: readonly string[];
  /** How the schema of the target would change. */
  readonly schemaSteps: readonly MigrationStep[];
  /** What would change in the target, the conflicts left aside. */
  readonly changes: readonly ChangeCount[];
  /** The conflicts that the strategy and the resolutions decide. */
  readonly resolved: readonly MergeConflict[];
  /** What refuses the merge. */
  readonly conflicts: readonly MergeConflict[];
  /** The decisions that decided nothing; they are an error once no conflict is left. */
  readonly unused: readonly UnusedResolution[];
}

/** What a revert did. */
export interface RevertAnswer {
  /** The branch that it landed on. */
  readonly branch: string;
  /** The commit whose changes were taken back. */
  readonly reverted: string;
  /** Author of the revert; null where none was named. */
  readonly actor: string | null;
  /** Null where nothing was left to take back. */
  readonly commit: CommitSummary | null;
  /** The conflicts that the strategy and the resolutions decided. */
  readonly resolved: readonly MergeConflict[];
}
