import type { EntityRef } from "omnigraph";
import {
  type Conflict,
  identityOf,
  sideOf,
  type Strategy,
  takesEntities,
} from "../support/models/history-calls.ts";
import { endsOf, type Entity, keyOf, type State } from "./history-state.ts";
import {
  allEntities,
  type Decided,
  type Deciding,
  evaluated,
  isChanged,
  type Sides,
  statesShown,
} from "./naive-conflicts.ts";
import { decideConflicts, withLostEdges } from "./naive-strategy.ts";

export interface NaiveMerge {
  /** Entities in conflict stand as ours has them. */
  readonly state: State;
  readonly resolved: readonly Conflict[];
  readonly conflicts: readonly Conflict[];
}

/** Merges whole graphs by the rules of docs/merge/README.md, over every entity that any of them has. */
export function naiveMerge(sides: Sides, asked: Strategy | null): NaiveMerge {
  const decided: Decided = { side: sideOf(asked ?? "ours"), whole: new Set(), members: new Map() };
  const resolved = new Map<string, Conflict>();
  for (;;) {
    const result = evaluated(sides, decided);
    const conflicts = result.found.map(({ conflict }) => conflict);
    if (asked === null || !decideSome(asked, { sides, decided, ...result })) {
      for (const conflict of conflicts) resolved.delete(identityOf(conflict));
      const isWhole = conflicts.length > 0 || asked === null || takesEntities(asked);
      const state = isWhole ? result.state : withLostEdges(sides, decided, result.state);
      return { state, conflicts, resolved: [...resolved.values()] };
    }
    for (const conflict of conflicts)
      if (!resolved.has(identityOf(conflict))) resolved.set(identityOf(conflict), conflict);
  }
}

/** Decides what can be decided. Answers whether anything was. */
function decideSome(asked: Strategy, deciding: Deciding): boolean {
  const { decided, found } = deciding;
  if (!takesEntities(asked)) return decideConflicts(deciding);
  const former = decided.whole.size;
  for (const { conflict } of found) decide(conflict, deciding);
  return decided.whole.size > former;
}

function decide(conflict: Conflict, deciding: Deciding): void {
  const { entityKind: kind, type, id, with: others } = conflict;
  const own: readonly EntityRef[] = id === null ? [] : [{ kind, type, id }];
  switch (conflict.kind) {
    case "unique_violation":
      for (const holder of [...own, ...others]) take(holder, deciding);
      return;
    case "cardinality_violation":
      for (const other of others) if (other.kind === "edge") take(other, deciding);
      return;
    case "divergent_insert":
    case "divergent_update":
    case "delete_vs_update":
    case "orphan_edge":
    case "value_constraint_violation":
      for (const entity of own) take(entity, deciding);
      return;
    case "schema_conflict":
  }
}

/** An entity becomes what it is on the side, with its cascades. */
function take(entity: EntityRef, deciding: Deciding): void {
  const { sides, state, decided } = deciding;
  const key = keyOf(entity);
  if (decided.whole.has(key)) return;
  decided.whole.add(key);
  if (entity.kind === "node" && sides.ours.has(key) !== sides.theirs.has(key))
    for (const edge of edgesAt(sides, key)) take(edge, deciding);
  const chosen = sides[decided.side].get(key);
  if (chosen === undefined) return;
  for (const end of endsOf(chosen)) if (!state.has(keyOf(end))) take(end, deciding);
}

/** The edges that a side changed since the base, and that are at the node at the base or on either side. */
function edgesAt(sides: Sides, node: string): readonly Entity[] {
  const states = statesShown(sides);
  return [...allEntities(sides)]
    .filter(([key]) => isChanged(sides, key))
    .filter(([key]) =>
      states.some((state) => {
        const edge = state.get(key);
        return edge !== undefined && endsOf(edge).some((end) => keyOf(end) === node);
      }),
    )
    .map(([, edge]) => edge);
}
