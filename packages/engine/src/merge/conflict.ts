import type { EntityType, TupleMember } from "@omnigraph/language";
import type { Pick } from "../change-set/picks.ts";

/** A side of a merge: the branch that receives (ours), or the one that is merged into it (theirs). */
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

/** An entity by its name. */
export interface Entity {
  readonly type: EntityType;
  readonly id: string;
}

/** An entity at the base and on both sides; null where it is not there. */
export interface Images {
  readonly base: Pick | null;
  readonly ours: Pick | null;
  readonly theirs: Pick | null;
}

/** One thing that a merge cannot decide. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly type: EntityType;
  /** Null where it is about how many edges of the type leave a node, which `others` then names first. */
  readonly id: string | null;
  /** Names of properties, `from` and `to` for the ends of an edge. */
  readonly properties: readonly string[];
  readonly others: readonly Entity[];
  readonly message: string;
  readonly images: Images;
  /** What the unique tuples are made of that the entities hold together; empty in conflicts of other kinds. */
  readonly tuple: readonly TupleMember[];
}

export const NO_IMAGES: Images = { base: null, ours: null, theirs: null };

/** What tells conflicts apart. */
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
