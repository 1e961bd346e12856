import type { ColumnKey } from "@omnigraph/storage";
import { type OwnChoice, take } from "./cascade.ts";
import type { Conflict, ConflictKind, Entity, Side } from "./conflict.ts";
import { endOf, type MergeState } from "./merge-state.ts";
import { wholeUnits } from "./properties.ts";

/** How conflicts are decided that nobody decided by themselves. */
export interface Strategy {
  readonly side: Side;
  /** Takes whole entities from the side, with their cascades; else nothing but what is in conflict. */
  readonly takesEntities: boolean;
}

/** Conflicts that are decided together: those of a later stage may be gone once the earlier ones are decided. */
const STAGES: readonly (readonly ConflictKind[])[] = [
  ["divergent_insert", "divergent_update", "delete_vs_update"],
  ["orphan_edge"],
  ["unique_violation"],
  ["cardinality_violation"],
];

/** Decides by a side what is in conflict, and nothing else. Answers the conflicts for which anything was decided. */
export function decideConflicts(
  merge: MergeState,
  conflicts: readonly Conflict[],
  side: Side,
  own: OwnChoice,
): readonly Conflict[] {
  for (const kinds of STAGES) {
    const decided = conflicts.filter(
      (conflict) => kinds.includes(conflict.kind) && decideConflict(merge, conflict, side, own),
    );
    if (decided.length > 0) return decided;
  }
  return [];
}

/** Decides by a side what is in conflict, and nothing else. Answers whether anything was decided. */
export function decideConflict(merge: MergeState, conflict: Conflict, side: Side, own: OwnChoice): boolean {
  const { kind, type, id, others, tuple } = conflict;
  const itself = id === null ? null : { type, id };
  switch (kind) {
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
      return itself !== null && merge.decideDivergence(itself, side);
    case "orphan_edge":
      return itself !== null && decideEnds(merge, itself, side, own);
    case "unique_violation": {
      const holders = itself === null ? others : [itself, ...others];
      const cells = wholeUnits(type, tuple);
      return holders.map((holder) => fix(merge, holder, cells, side, own)).includes(true);
    }
    case "cardinality_violation":
      return decideCount(merge, conflict, side, own);
    case "value_constraint_violation":
      return false;
  }
}

/** An edge gets the ends that it has on the side, or goes; ends that are missing become what they are there. */
function decideEnds(merge: MergeState, edge: Entity, side: Side, own: OwnChoice): boolean {
  const decided = fix(merge, edge, ENDS, side, own);
  const image = merge.images(edge)[side];
  if (image === null || edge.type.kind === "node") return decided;
  const ends: readonly Entity[] = [
    { type: edge.type.from, id: endOf(image, "src") },
    { type: edge.type.to, id: endOf(image, "dst") },
  ];
  const missing = ends.filter((end) => !merge.isPresent(end));
  return [decided, ...missing.map((end) => fix(merge, end, WHOLE, side, own))].includes(true);
}

/**
 * Of a node with too many edges those go that it has not on the side, of one with too few those come back that it has there: so what the other side took
 * away, or added, stays. A node that the side has not goes itself.
 */
function decideCount(merge: MergeState, { others }: Conflict, side: Side, own: OwnChoice): boolean {
  const [node, ...edges] = others;
  if (node === undefined) return false;
  if (merge.has(node) && merge.images(node)[side] === null) return fix(merge, node, WHOLE, side, own);
  const leaves = (image: ReturnType<MergeState["standingImage"]>): boolean =>
    image !== null && endOf(image, "src") === node.id;
  const isHere = (edge: Entity): boolean => leaves(merge.standingImage(edge));
  const isThere = (edge: Entity): boolean => leaves(merge.images(edge)[side]);
  const added = edges.filter((edge) => isHere(edge) && !isThere(edge));
  const removed = edges.filter((edge) => isThere(edge) && !isHere(edge));
  // What the side has is allowed: the count is off in the direction in which the result differs from it.
  const isMany = added.length >= removed.length;
  const isFew = added.length <= removed.length;
  const wrong = [...(isMany ? added : []), ...(isFew ? removed : [])];
  return wrong.map((edge) => fix(merge, edge, ENDS, side, own)).includes(true);
}

const ENDS: readonly ColumnKey[] = ["src", "dst"];
/** Of an entity that one side lacks no cells are needed. */
const WHOLE: readonly ColumnKey[] = [];

/** As `TypeMerge.fix`, unless somebody chose something for the entity: that goes before. */
function fix(
  merge: MergeState,
  entity: Entity,
  keys: readonly ColumnKey[],
  side: Side,
  own: OwnChoice,
): boolean {
  const choice = own(entity);
  if (choice === null) return merge.fix(entity, keys, side);
  if (typeof choice === "string") return take(merge, entity, choice, own);
  return choice.kind === "conflicts" && merge.fix(entity, keys, choice.side);
}
