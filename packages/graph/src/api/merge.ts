import type { Side as MergeSide } from "@omnigraph/engine";
import type { ChangeCount, ChangedEntity, EntityRef } from "@omnigraph/wire";
import type { CallOptions } from "./graph.ts";
import type { ChangeFilter } from "./history.ts";

export type { MergeSide };

/** The decision on one entity: one of `take`, `strategy` and `properties`. */
export interface EntityResolution extends EntityRef {
  /** Takes the whole entity from a side, with its cascades: a node with its edges, an edge with its ends. */
  readonly take?: MergeSide;
  /** Decides what is in conflict in the entity by a side; the rest of it is merged. */
  readonly strategy?: MergeSide;
  /** A choice for each property that is in conflict, by its name. A value has the form that it has in a load. */
  readonly properties?: Readonly<Record<string, MergeSide | { readonly value: unknown }>>;
}

/** How conflicts without a decision of their own are decided: by one of these two, or not. docs/merge/README.md says what each does. */
export interface MergeStrategy {
  /** Decides what is in conflict by this side, property by property if properties are in conflict; what does not conflict is merged. */
  readonly strategy?: MergeSide;
  /** Takes whole entities in conflict from this side, with their cascades. */
  readonly strategyEntity?: MergeSide;
}

/** Decisions on conflicts. The strategy applies to those that `entities` does not decide. docs/merge/resolutions.schema.json is the schema of their JSON form. */
export interface MergeResolutions extends MergeStrategy {
  /** At most one decision for each entity. */
  readonly entities?: readonly EntityResolution[];
}

/** How conflicts are decided; without a decision any conflict makes the merge fail. A strategy given here has priority over that of the resolutions. */
export interface ResolveOptions extends MergeStrategy {
  /** Decisions on single conflicts; `readResolutions` reads them from JSON. */
  readonly resolutions?: MergeResolutions;
}

/** The target of a merge, and how its conflicts are decided. */
export interface MergeOptions extends CallOptions, ResolveOptions {
  /** The target branch. Default `main`. */
  readonly into?: string;
  /** Deletes the source afterwards, unless somebody wrote to it meanwhile, or another branch has its name by now. */
  readonly deleteBranch?: boolean;
  /** Author of the merge. Default: the handle's. */
  readonly actor?: string;
  /** Why; stored in the commit. */
  readonly message?: string;
  /** Identity of the merge across retries. */
  readonly op?: string;
}

/** The target of a revert, and how its conflicts are decided. */
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
  /** Compares with the newest common ancestor instead of `from`: shows only what `to` changed since it was made or last merged. */
  readonly sinceBase?: boolean;
}

/** The differences between two commits. */
export interface Diff {
  /** Ids of the commits compared. */
  readonly from: string;
  /** The commit that is compared with it. */
  readonly to: string;
  /** Types with differences, in the order of `changes`. */
  readonly stat: readonly ChangeCount[];
  /**
   * The changed entities, ordered by kind (nodes first), type name and id. They are read piece by piece.
   *
   * @example
   * ```ts
   * const diff = await graph.branches.diff("main~1", "main", { types: ["Knows"] });
   * for await (const { op, after } of diff.changes()) console.log(op, after?.endpoints); // insert { from: 'Ann', to: 'Bob' }
   * ```
   */
  changes(): AsyncGenerator<ChangedEntity, void, undefined>;
}
