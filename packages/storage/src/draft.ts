import type { TypeId } from "@omnigraph/language";
import type { ChangeSet } from "./rows/batch.ts";
import type { LayerEntry } from "./tables/layer.ts";

/** Rows that a commit carries, and the types whose earlier pieces it drops. */
export interface RowChanges {
  readonly kind: "rows";
  readonly rows: ChangeSet;
  readonly replaced: readonly TypeId[];
}

/** Tables that a commit adopts, and the types whose earlier pieces it drops. */
export interface LayerChanges {
  readonly kind: "layers";
  readonly layers: readonly LayerEntry[];
  readonly replaced: readonly TypeId[];
}

/** What a commit did to the one before it. A fast-forward takes the state of its second parent as it is. */
export type Changes = RowChanges | LayerChanges | { readonly kind: "fast_forward" };

/**
 * What a write relied on besides the rows that it changed, for a process that has its tables and not its evaluation. It may say more than the write relied
 * on, never less.
 */
export interface Reliance {
  /** Types of which any change is a conflict: they were replaced, or searched by a condition. */
  readonly types: readonly TypeId[];
  /** Entities that were read and not changed. */
  readonly keys: ReadonlyMap<TypeId, readonly string[]>;
  /** Nodes that were deleted with their edges and inserted again: a change of an edge at one is a conflict. */
  readonly nodes: ReadonlyMap<TypeId, readonly string[]>;
  /** Whether a commit with two parents is a conflict, whatever it changed. */
  readonly merges: boolean;
}

/** What a write was evaluated to: everything that its commit needs, with no effect so far. */
export interface Draft {
  readonly changes: Changes;
  /** How the live rows of each type change; a type that gains its first row must be in it. */
  readonly counts: ReadonlyMap<TypeId, number>;
  /** False when no row was touched: then there is nothing to commit. An update that changes no value still commits, and so does every load. */
  readonly commits: boolean;
  /** Whether what a commit changed touches what this draft read or wrote; `byMerge`: the commit has two parents. Asked of every commit that came first. */
  conflictsWith(theirs: ChangeSet, byMerge: boolean): boolean;
  /** As data what `conflictsWith` tests, but for the rows that changed. Null: any commit that changes anything is a conflict. */
  reliesOn(): Reliance | null;
  /** What becomes of the write on a conflict: evaluated again on the new head, or refused with `read_set_conflict`. */
  readonly onConflict: "evaluate_again" | "conflict";
}

/** What a write comes to that does nothing. */
export const NOTHING: Draft & { readonly changes: RowChanges } = {
  changes: { kind: "rows", rows: [], replaced: [] },
  counts: new Map(),
  commits: false,
  conflictsWith: () => false,
  reliesOn: () => null,
  onConflict: "evaluate_again",
};
