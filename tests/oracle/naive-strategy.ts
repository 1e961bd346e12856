import type { EntityRef, MergeConflictKind } from "omnigraph";
import { endsOf, type Entity, keyOf, same, type State } from "./history-state.ts";
import {
  type Decided,
  type Deciding,
  evaluated,
  type Found,
  isChanged,
  type Sides,
} from "./naive-conflicts.ts";

/** What is decided together, before what comes after it is looked at again. */
const STAGES: readonly (readonly MergeConflictKind[])[] = [
  ["divergent_insert", "divergent_update", "delete_vs_update"],
  ["orphan_edge"],
  ["unique_violation"],
  ["cardinality_violation"],
];

/** Decides what is in conflict by the side, and nothing else. Answers whether anything was decided. */
export function decideConflicts(deciding: Deciding): boolean {
  const { decided, found } = deciding;
  const count = (): number =>
    decided.whole.size + [...decided.members.values()].reduce((sum, { size }) => sum + size, 0);
  const former = count();
  for (const kinds of STAGES) {
    for (const one of found) if (kinds.includes(one.conflict.kind)) decideConflict(one, deciding);
    if (count() > former) return true;
  }
  return false;
}

function decideConflict({ conflict, members, isTooMany }: Found, deciding: Deciding): void {
  const { entityKind: kind, type, id, properties, with: others } = conflict;
  const [first] = others;
  const own: EntityRef = id === null && first !== undefined ? first : { kind, type, id: id ?? "" };
  switch (conflict.kind) {
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
      return fix(
        own,
        properties.map((name) => (name === "from" || name === "to" ? "ends" : `.${name}`)),
        deciding,
      );
    case "orphan_edge":
      return fixEnds(own, deciding);
    case "unique_violation":
      for (const holder of [own, ...others]) fix(holder, members, deciding);
      return;
    case "cardinality_violation":
      return fixCount(own, others.slice(1), isTooMany, deciding);
    case "value_constraint_violation":
    case "schema_conflict":
  }
}

/** Members of an entity get the values of the side; one that a side lacks becomes what it is on the side. */
function fix(entity: EntityRef, members: readonly string[], { sides, decided }: Deciding): void {
  const key = keyOf(entity);
  if (decided.whole.has(key) || !isChanged(sides, key)) return;
  if (!sides.ours.has(key) || !sides.theirs.has(key)) {
    decided.whole.add(key);
    return;
  }
  const fixed = decided.members.get(key) ?? new Set();
  decided.members.set(key, fixed);
  for (const member of members) fixed.add(member);
}

/** An edge has the ends that it has on the side, and these are there. */
function fixEnds(edge: EntityRef, deciding: Deciding): void {
  const { sides, decided, state } = deciding;
  fix(edge, ["ends"], deciding);
  const there = sides[decided.side].get(keyOf(edge));
  if (there === undefined) return;
  for (const end of endsOf(there)) if (!state.has(keyOf(end))) fix(end, [], deciding);
}

/** Too many: those go that the node has not on the side; too few: those come back that it has there. A node that the side lacks goes. */
function fixCount(
  node: EntityRef,
  edges: readonly EntityRef[],
  isTooMany: boolean,
  deciding: Deciding,
): void {
  const { sides, decided, state } = deciding;
  const there = sides[decided.side];
  if (!there.has(keyOf(node))) return fix(node, [], deciding);
  const leavesIn = (graph: State, edge: EntityRef): boolean =>
    graph.get(keyOf(edge))?.image.endpoints?.from === node.id;
  const wrong = edges.filter((edge) =>
    isTooMany
      ? leavesIn(state, edge) && !leavesIn(there, edge)
      : leavesIn(there, edge) && !leavesIn(state, edge),
  );
  for (const edge of wrong) fix(edge, ["ends"], deciding);
}

/** The result with the edges again that went with nodes which one side deleted and which stay, where these break nothing. */
export function withLostEdges(sides: Sides, decided: Decided, state: State): State {
  const lost = new Set(
    [...sides.ours, ...sides.theirs]
      .filter(([key, entity]) => isLost(key, entity, { sides, decided, state }))
      .map(([key]) => key),
  );
  for (;;) {
    const again = evaluated(sides, { ...decided, whole: new Set([...decided.whole, ...lost]) });
    if (again.found.length === 0) return again.state;
    const former = lost.size;
    for (const { conflict } of again.found) {
      for (const other of conflict.with) lost.delete(keyOf(other));
      lost.delete(`${conflict.entityKind} ${conflict.type} ${conflict.id}`);
    }
    if (lost.size === former)
      throw new Error("edges that come back make a conflict in which none of them is");
  }
}

function isLost(
  key: string,
  entity: Entity,
  { sides, decided, state }: Pick<Deciding, "sides" | "decided" | "state">,
): boolean {
  const [there, elsewhere] =
    decided.side === "ours" ? [sides.ours, sides.theirs] : [sides.theirs, sides.ours];
  if (entity.kind === "node" || state.has(key) || decided.whole.has(key)) return false;
  if (!same(there.get(key), entity) || elsewhere.has(key) || !same(sides.bases[0]?.get(key), entity))
    return false;
  const ends = endsOf(entity).map(keyOf);
  return ends.every((end) => state.has(end)) && ends.some((end) => !elsewhere.has(end));
}
