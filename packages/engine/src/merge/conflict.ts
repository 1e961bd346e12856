import type { EntityType, TupleMember } from "@omnigraph/language";
import type { RowRef } from "../change-set/picks.ts";

/** A side of a merge: `ours` is the target branch, `theirs` the one that is merged into it. */
export type Side = "ours" | "theirs";

/** Why an entity cannot be merged without a decision; docs/merge/README.md says when each arises. */
export type ConflictKind =
  | "divergent_insert"
  | "divergent_update"
  | "delete_vs_update"
  | "orphan_edge"
  | "unique_violation"
  | "cardinality_violation"
  | "value_constraint_violation";

/** An entity by type and id. */
export interface Entity {
  readonly type: EntityType;
  readonly id: string;
}

/** An entity at the base and on both sides; null where it does not exist. */
export interface Images {
  readonly base: RowRef | null;
  readonly ours: RowRef | null;
  readonly theirs: RowRef | null;
}

/** One conflict, which the merge cannot decide itself. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly type: EntityType;
  /** Null for a conflict about the number of edges at a node; the node is then first in `others`. */
  readonly id: string | null;
  /** Names of properties, `from` and `to` for the ends of an edge. */
  readonly properties: readonly string[];
  readonly others: readonly Entity[];
  readonly message: string;
  readonly images: Images;
  /** The members of the unique tuple that several entities hold; empty for other kinds of conflicts. */
  readonly tuple: readonly TupleMember[];
}

export const NO_IMAGES: Images = { base: null, ours: null, theirs: null };

/** A key that identifies a conflict. */
export function conflictKey({ kind, type, id, others }: Conflict): string {
  return JSON.stringify([type.id, id ?? others[0]?.id ?? null, kind]);
}

/** Nodes before edges, then by the type's name, the id and the kind. */
export function compareConflicts(a: Conflict, b: Conflict): number {
  if (a.type.kind !== b.type.kind) return a.type.kind === "node" ? -1 : 1;
  const left = [a.type.name, a.id ?? a.others[0]?.id ?? "", a.kind];
  const right = [b.type.name, b.id ?? b.others[0]?.id ?? "", b.kind];
  for (const [i, text] of left.entries()) {
    const other = right[i] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}
