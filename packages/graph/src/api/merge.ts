import type { Side as MergeSide } from "@omnigraph/engine";
import type { ChangeCount, ChangedEntity, EntityRef } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";
import type { ChangeFilter } from "./history.ts";

export type { MergeSide };

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
  /** Decisions on entities, one for each. */
  readonly entities?: readonly EntityResolution[];
}

/** How conflicts are decided; without it each of them refuses the merge. A strategy goes before that of the resolutions. */
export interface ResolveOptions extends MergeStrategy {
  /** Decisions on single conflicts, `readResolutions` reads them from JSON. */
  readonly resolutions?: MergeResolutions;
}

/** What receives a merge, and how its conflicts are decided. */
export interface MergeOptions extends CallOptions, ResolveOptions {
  /** The branch that receives. Default `main`. */
  readonly into?: string;
  /** Deletes the source afterwards, unless somebody wrote to it meanwhile, or another branch has its name by then. */
  readonly deleteBranch?: boolean;
  /** Author of the merge. Default: the handle's. */
  readonly actor?: string;
  /** Why: kept with the commit. */
  readonly message?: string;
  /** Identity of the merge across retries. */
  readonly op?: string;
}

/** Where a revert lands, and how its conflicts are decided. */
export interface RevertOptions extends CallOptions, ResolveOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Author of the revert. Default: the handle's. */
  readonly actor?: string;
  /** Default: names the commit that is reverted. */
  readonly message?: string;
  /** Identity of the revert across retries. */
  readonly op?: string;
}

/** What is compared, and which changes are shown. */
export interface DiffOptions extends CallOptions, ChangeFilter {
  /** Compares with the newest common ancestor instead of `from`: only what `to` changed since it was made or merged last. */
  readonly sinceBase?: boolean;
}

/** What differs between two commits. */
export interface Diff {
  /** Ids of the commits compared. */
  readonly from: string;
  /** The commit that is compared with it. */
  readonly to: string;
  /** Types that differ, in the order of `changes`. */
  readonly stat: readonly ChangeCount[];
  /**
   * What differs, in the order of kind (nodes first), type name and id; images are made piece by piece.
   *
   * @example
   * ```ts
   * const diff = await graph.branches.diff("main~1", "main", { types: ["Knows"] });
   * for await (const { op, after } of diff.changes()) console.log(op, after?.endpoints); // insert { from: 'Ann', to: 'Bob' }
   * ```
   */
  changes(): AsyncGenerator<ChangedEntity, void, undefined>;
}
