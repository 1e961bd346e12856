import type { ConflictKind as MergeConflictKind, Side as MergeSide } from "@omnigraph/engine";
import type { CallOptions, CommitSummary } from "./graph.ts";
import type { ChangedEntity, ChangeFilter, EntityImage, EntityKind } from "./history.ts";

export type { MergeConflictKind, MergeSide };

/** What became of a merge: nothing to do, the target took the source's state as it is, or both sides' changes were put together. */
export type MergeOutcome = "already_up_to_date" | "fast_forward" | "merged";

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

/** What is to become of one entity: one of `take`, `strategy` and `properties`. */
export interface EntityResolution extends EntityRef {
  /** Takes the whole entity with its cascades: a node's edges go with it, an edge brings its ends. */
  readonly take?: MergeSide;
  /** Decides by a side what is in conflict of the entity; the rest of it is merged. */
  readonly strategy?: MergeSide;
  /** A choice for each property that is in conflict, by its name. A value is written as a load would have it. */
  readonly properties?: Readonly<Record<string, MergeSide | { readonly value: unknown }>>;
}

/** How the conflicts are decided that nobody decided by themselves: one of the two, or none. docs/merge/README.md says what each does. */
export interface MergeStrategy {
  /** Decides what is in conflict by this side, property by property where it is properties; what does not conflict is merged. */
  readonly strategy?: MergeSide;
  /** Takes whole entities in conflict from this side, with their cascades. */
  readonly strategyEntity?: MergeSide;
}

/** Decisions on conflicts; a strategy is for those that `entities` does not decide. Their JSON form has the schema docs/merge/resolutions.schema.json. */
export interface MergeResolutions extends MergeStrategy {
  readonly entities?: readonly EntityResolution[];
}

/** How conflicts are decided; without it each of them refuses the merge. A strategy goes before that of the resolutions. */
export interface ResolveOptions extends MergeStrategy {
  readonly resolutions?: MergeResolutions;
}

export interface MergeOptions extends CallOptions, ResolveOptions {
  /** The branch that receives. Default `main`. */
  readonly into?: string;
  /** Deletes the source afterwards, unless somebody wrote to it meanwhile, or another branch has its name by then. */
  readonly deleteBranch?: boolean;
  readonly actor?: string;
  readonly message?: string;
  /** Identity of the merge across retries. */
  readonly op?: string;
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

/** What a merge would do now: nothing, go forward to the source's state, put both sides together, or refuse because of conflicts. */
export type MergeProspect = "nothing" | "fast_forward" | "merge" | "conflict";

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

export interface RevertOptions extends CallOptions, ResolveOptions {
  /** Default `main`. */
  readonly branch?: string;
  readonly actor?: string;
  /** Default: names the commit that is reverted. */
  readonly message?: string;
  readonly op?: string;
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

export interface DiffOptions extends CallOptions, ChangeFilter {
  /** Compares with the newest common ancestor instead of `from`: only what `to` changed since it was made or merged last. */
  readonly sinceBase?: boolean;
}

/** What differs between two commits. */
export interface Diff {
  /** Ids of the commits compared. */
  readonly from: string;
  readonly to: string;
  /** Types that differ, in the order of `changes`. */
  readonly stat: readonly ChangeCount[];
  /** In the order of kind (nodes first), type name and id; images are made piece by piece. */
  changes(): AsyncGenerator<ChangedEntity, void, undefined>;
}
