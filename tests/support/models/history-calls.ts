import type { ChangeOperation, EntityImage, EntityKind } from "omnigraph";
import type { Write } from "../../oracle/random-writes.ts";
import type { ChangeCount, EntityRef, MergeConflict, MergeOutcome, MergeSide } from "omnigraph";

/** A conflict without its wording; its lists in an order of their own. */
export type Conflict = Omit<MergeConflict, "message">;

/** A call that was refused: nothing has changed. */
export interface Refusal {
  readonly refused: string;
  readonly conflicts: readonly Conflict[];
}

/** What a commit is in the graph of commits. */
export interface CommitSeen {
  readonly id: string;
  readonly parents: readonly string[];
  readonly kind: string;
  readonly branch: string;
  readonly depth: number;
}

/** One entity that differs between two states. */
export interface Change extends EntityRef {
  readonly op: ChangeOperation;
  readonly before: EntityImage | null;
  readonly after: EntityImage | null;
}

export interface Written {
  readonly commit: CommitSeen | null;
}

export interface Merged extends Written {
  readonly outcome: MergeOutcome;
  readonly resolved: readonly Conflict[];
  readonly branchDeleted: boolean | null;
}

export interface Reverted extends Written {
  readonly resolved: readonly Conflict[];
}

export interface Previewed {
  readonly outcome: MergeOutcome;
  readonly bases: readonly string[];
  readonly changes: readonly ChangeCount[];
  readonly resolved: readonly Conflict[];
  readonly conflicts: readonly Conflict[];
}

export interface Differing {
  readonly from: string;
  readonly to: string;
  readonly stat: readonly ChangeCount[];
  readonly changes: readonly Change[];
}

export interface BranchSeen {
  readonly name: string;
  readonly head: string;
  readonly forkedFrom: string | null;
}

/** A commit with what it did. */
export interface Told {
  readonly commit: string;
  readonly changes: readonly Change[];
}

/** How conflicts are decided: what is in conflict by a side, or whole entities from it. */
export type Strategy = MergeSide | `entity ${MergeSide}`;

export const STRATEGIES: readonly Strategy[] = ["ours", "theirs", "entity ours", "entity theirs"];

export function sideOf(strategy: Strategy): MergeSide {
  return strategy === "ours" || strategy === "entity ours" ? "ours" : "theirs";
}

export function takesEntities(strategy: Strategy): boolean {
  return strategy !== "ours" && strategy !== "theirs";
}

export interface MergeAsked {
  readonly strategy: Strategy | null;
  readonly deleteBranch: boolean;
}

/** A place in history: the head of a branch, or a commit. */
export type Place = { readonly branch: string } | { readonly at: string };

/** The calls on a graph with branches that the graph and the model both have, in the same plain terms. */
export interface HistoryCalls {
  edit(branch: string, write: Write): Promise<Written | Refusal>;
  /** `from` is a branch or a commit id. */
  create(name: string, from: string): Promise<Refusal | null>;
  delete(name: string): Promise<Refusal | null>;
  merge(source: string, target: string, asked: MergeAsked): Promise<Merged | Refusal>;
  previewMerge(source: string, target: string, strategy: Strategy | null): Promise<Previewed | Refusal>;
  revert(branch: string, commit: string, strategy: Strategy | null): Promise<Reverted | Refusal>;
  /** `from` and `to` are branches or commit ids. */
  diff(from: string, to: string, sinceBase?: boolean): Promise<Differing>;
  branches(): Promise<readonly BranchSeen[]>;
  /** Sorted lines, one for each entity. */
  entities(place: Place): Promise<readonly string[]>;
  /** Live entities by type name. */
  counts(branch: string): Promise<Readonly<Record<string, number>>>;
  /** The chain of first parents, the newest first. */
  commits(branch: string): Promise<readonly CommitSeen[]>;
  /** What a commit changed against its first parent. */
  changes(commit: string): Promise<readonly Change[]>;
  /** Every commit of the chain but the first of the graph, the oldest first. */
  feed(branch: string): Promise<readonly Told[]>;
  /** The commits of the chain that changed an entity, the newest first. */
  history(entity: EntityRef, branch: string): Promise<readonly Told[]>;
}

/** The same conflicts are equal values: lists without an order are sorted. */
export function sortedConflicts(conflicts: readonly Conflict[]): readonly Conflict[] {
  return conflicts
    .map((conflict) => ({
      ...conflict,
      properties: conflict.properties.toSorted(),
      with: conflict.with.toSorted(inOrder),
    }))
    .toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
}

/** Conflicts whose entity stands as ours has it; the others are of the result as a whole. */
export const ENTITY_CONFLICTS: ReadonlySet<Conflict["kind"]> = new Set<Conflict["kind"]>([
  "divergent_insert",
  "divergent_update",
  "delete_vs_update",
]);

/** Whether a preview counts the changes of a result that can stand; else what it counts is not promised. */
export function isSettled({ conflicts }: Pick<Previewed, "conflicts">): boolean {
  return conflicts.every(({ kind }) => ENTITY_CONFLICTS.has(kind));
}

/** What tells a conflict from every other one of the same merge. */
export function identityOf({ kind, entityKind, type, id, with: others }: Conflict): string {
  const node = others.find((other) => other.kind === "node");
  return JSON.stringify([entityKind, type, kind === "cardinality_violation" ? node?.id : id, kind]);
}

/** The order of changes: nodes first, then type name and id. */
export function inOrder(a: EntityRef, b: EntityRef): number {
  return orderKey(a) < orderKey(b) ? -1 : 1;
}

function orderKey({ kind, type, id }: EntityRef): string {
  const rank: Readonly<Record<EntityKind, number>> = { node: 0, edge: 1 };
  return `${rank[kind]} ${type} ${id}`;
}
