import type { ColumnKey } from "@omnigraph/storage";
import type { Conflict, ConflictKind, Entity, Side } from "./conflict.ts";
import { endOf, type MergeState } from "./merge-state.ts";
import { wholeUnits } from "./properties.ts";

/** How conflicts without a decision of their own are decided. */
export interface Strategy {
  readonly side: Side;
  /** Whether whole entities are taken from the side, with their cascades; else only what is in conflict. */
  readonly takesEntities: boolean;
}

/** The explicit decision on an entity: a side, or a rule that cascades do not override; null where there is none. */
export type ExplicitDecision = (entity: Entity) => Side | PartialRule | null;

/** Decisions on properties, or a side for only what is in conflict. */
type PartialRule = { readonly kind: "properties" } | { readonly kind: "conflicts"; readonly side: Side };

/**
 * Takes an entity from a side, with its cascades. An entity that is decided already keeps its decision. One with an explicit decision follows that; if
 * it is not for the whole entity, no side is taken. Answers whether anything was decided.
 */
export function take(merge: MergeState, entity: Entity, wanted: Side, explicit: ExplicitDecision): boolean {
  if (!merge.has(entity) || merge.isDecided(entity)) return false;
  const side = explicit(entity) ?? wanted;
  if (typeof side === "object") return false;
  merge.decide(entity, { kind: "side", side });
  const { ours, theirs } = merge.images(entity);
  const image = side === "ours" ? ours : theirs;
  const { type } = entity;
  if (type.kind === "node") {
    // There is a cascade only if one side has the node and the other does not.
    if ((ours === null) !== (theirs === null))
      for (const edge of merge.edgesAt(entity)) take(merge, edge, side, explicit);
  } else if (image !== null) {
    for (const end of [
      { type: type.from, id: endOf(image, "src") },
      { type: type.to, id: endOf(image, "dst") },
    ])
      if (!merge.isPresent(end)) take(merge, end, side, explicit);
  }
  return true;
}

/** Decides a conflict by taking its entities whole from a side, with their cascades. Answers whether anything was decided. */
export function takeSide(
  merge: MergeState,
  { kind, type, id, others }: Conflict,
  side: Side,
  explicit: ExplicitDecision,
): boolean {
  const itself = id === null ? [] : [{ type, id }];
  switch (kind) {
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
    case "value_constraint_violation":
    case "orphan_edge":
      return takeAll(merge, itself, side, explicit);
    case "unique_violation":
    case "cardinality_violation":
      return takeAll(merge, [...itself, ...others.filter((other) => other.type === type)], side, explicit);
  }
}

function takeAll(
  merge: MergeState,
  entities: readonly Entity[],
  side: Side,
  explicit: ExplicitDecision,
): boolean {
  let any = false;
  for (const entity of entities) any = take(merge, entity, side, explicit) || any;
  return any;
}

/** Kinds of conflicts that are decided together. Deciding an earlier stage can remove conflicts of later ones. */
const STAGES: readonly (readonly ConflictKind[])[] = [
  ["divergent_insert", "divergent_update", "delete_vs_update"],
  ["orphan_edge"],
  ["unique_violation"],
  ["cardinality_violation"],
];

/** Decides only what is in conflict, by a side. Answers the conflicts for which anything was decided. */
export function decideConflicts(
  merge: MergeState,
  conflicts: readonly Conflict[],
  side: Side,
  explicit: ExplicitDecision,
): readonly Conflict[] {
  for (const kinds of STAGES) {
    const decided = conflicts.filter(
      (conflict) => kinds.includes(conflict.kind) && decideConflict(merge, conflict, side, explicit),
    );
    if (decided.length > 0) return decided;
  }
  return [];
}

/** Decides only what is in conflict, by a side. Answers whether anything was decided. */
export function decideConflict(
  merge: MergeState,
  conflict: Conflict,
  side: Side,
  explicit: ExplicitDecision,
): boolean {
  const { kind, type, id, others, tuple } = conflict;
  const itself = id === null ? null : { type, id };
  switch (kind) {
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
      return itself !== null && merge.decideDivergence(itself, side);
    case "orphan_edge":
      return itself !== null && decideEnds(merge, itself, side, explicit);
    case "unique_violation": {
      const holders = itself === null ? others : [itself, ...others];
      const cells = wholeUnits(type, tuple);
      return holders.map((holder) => fix(merge, holder, cells, side, explicit)).includes(true);
    }
    case "cardinality_violation":
      return decideCount(merge, conflict, side, explicit);
    case "value_constraint_violation":
      return false;
  }
}

/** An edge gets the ends that it has on the side, or is deleted if the side lacks it; missing end nodes get the state that they have there. */
function decideEnds(merge: MergeState, edge: Entity, side: Side, explicit: ExplicitDecision): boolean {
  const decided = fix(merge, edge, ENDS, side, explicit);
  const image = merge.images(edge)[side];
  if (image === null || edge.type.kind === "node") return decided;
  const ends: readonly Entity[] = [
    { type: edge.type.from, id: endOf(image, "src") },
    { type: edge.type.to, id: endOf(image, "dst") },
  ];
  const missing = ends.filter((end) => !merge.isPresent(end));
  return [decided, ...missing.map((end) => fix(merge, end, WHOLE, side, explicit))].includes(true);
}

/**
 * Too many edges at a node: those are deleted that it lacks on the side. Too few: those are restored that it has there. So the other side's changes in
 * the opposite direction stay. A node that the side lacks is deleted itself.
 */
function decideCount(
  merge: MergeState,
  { others }: Conflict,
  side: Side,
  explicit: ExplicitDecision,
): boolean {
  const [node, ...edges] = others;
  if (node === undefined) return false;
  if (merge.has(node) && merge.images(node)[side] === null) return fix(merge, node, WHOLE, side, explicit);
  const leaves = (image: ReturnType<MergeState["resultImage"]>): boolean =>
    image !== null && endOf(image, "src") === node.id;
  const isHere = (edge: Entity): boolean => leaves(merge.resultImage(edge));
  const isThere = (edge: Entity): boolean => leaves(merge.images(edge)[side]);
  const added = edges.filter((edge) => isHere(edge) && !isThere(edge));
  const removed = edges.filter((edge) => isThere(edge) && !isHere(edge));
  // The count on the side is valid, so the result violates @card in the direction in which it differs from the side.
  const isMany = added.length >= removed.length;
  const isFew = added.length <= removed.length;
  const wrong = [...(isMany ? added : []), ...(isFew ? removed : [])];
  return wrong.map((edge) => fix(merge, edge, ENDS, side, explicit)).includes(true);
}

const ENDS: readonly ColumnKey[] = ["src", "dst"];
/** No cells: for an entity that one side lacks. */
const WHOLE: readonly ColumnKey[] = [];

/** As `TypeMerge.fix`, unless there is an explicit decision on the entity, which takes precedence. */
function fix(
  merge: MergeState,
  entity: Entity,
  keys: readonly ColumnKey[],
  side: Side,
  explicit: ExplicitDecision,
): boolean {
  const choice = explicit(entity);
  if (choice === null) return merge.fix(entity, keys, side);
  if (typeof choice === "string") return take(merge, entity, choice, explicit);
  return choice.kind === "conflicts" && merge.fix(entity, keys, choice.side);
}
