import type { Conflict, Entity, Side } from "./conflict.ts";
import { endOf, type MergeState } from "./merge-state.ts";

/** What somebody chose for an entity: a side, or something that no cascade goes over; null where nobody did. */
export type OwnChoice = (entity: Entity) => Side | OwnRule | null;

/** Something for its properties, or a side for what is in conflict of it alone. */
type OwnRule = { readonly kind: "properties" } | { readonly kind: "conflicts"; readonly side: Side };

/**
 * Takes an entity with its cascades from a side: an entity that was decided stays so, one with a choice of its own follows that: where it is
 * none for the whole, no side is taken. Answers whether anything was decided.
 */
export function take(merge: MergeState, entity: Entity, wanted: Side, own: OwnChoice): boolean {
  if (!merge.has(entity) || merge.isDecided(entity)) return false;
  const side = own(entity) ?? wanted;
  if (typeof side === "object") return false;
  merge.decide(entity, { kind: "side", side });
  const { ours, theirs } = merge.images(entity);
  const image = side === "ours" ? ours : theirs;
  const { type } = entity;
  if (type.kind === "node") {
    // One that both sides have, or neither, takes no edge along.
    if ((ours === null) !== (theirs === null))
      for (const edge of merge.edgesAt(entity)) take(merge, edge, side, own);
  } else if (image !== null) {
    for (const end of [
      { type: type.from, id: endOf(image, "src") },
      { type: type.to, id: endOf(image, "dst") },
    ])
      if (!merge.isPresent(end)) take(merge, end, side, own);
  }
  return true;
}

/** Decides a conflict by a side. Answers whether anything was decided. */
export function takeSide(
  merge: MergeState,
  { kind, type, id, others }: Conflict,
  side: Side,
  own: OwnChoice,
): boolean {
  const itself = id === null ? [] : [{ type, id }];
  switch (kind) {
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
    case "value_constraint_violation":
    case "orphan_edge":
      return takeAll(merge, itself, side, own);
    case "unique_violation":
    case "cardinality_violation":
      return takeAll(merge, [...itself, ...others.filter((other) => other.type === type)], side, own);
  }
}

function takeAll(merge: MergeState, entities: readonly Entity[], side: Side, own: OwnChoice): boolean {
  let any = false;
  for (const entity of entities) any = take(merge, entity, side, own) || any;
  return any;
}
