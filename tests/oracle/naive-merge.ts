import type { EdgeType, EntityType } from "@omnigraph/language";
import type { EntityImage } from "omnigraph";
import type { EntityRef, MergeConflictKind, MergeSide } from "omnigraph";
import { type Conflict, identityOf } from "../support/history-calls.ts";
import {
  edgesFrom,
  endsOf,
  type Entity,
  entityOf,
  HISTORY_CATALOG,
  keyOf,
  same,
  type State,
} from "./history-state.ts";

/** What a merge puts together. Bases in the order of their commit ids. */
export interface Sides {
  readonly bases: readonly State[];
  readonly ours: State;
  readonly theirs: State;
}

export interface NaiveMerge {
  /** Entities in conflict stand as ours has them. */
  readonly state: State;
  readonly resolved: readonly Conflict[];
  readonly conflicts: readonly Conflict[];
}

/** Merges whole graphs by the rules of docs/merge/README.md, over every entity that any of them has. */
export function naiveMerge(sides: Sides, strategy: MergeSide | null): NaiveMerge {
  const decided = new Set<string>();
  const resolved = new Map<string, Conflict>();
  for (;;) {
    const { state, conflicts } = evaluated(sides, decided, strategy);
    const former = decided.size;
    if (strategy !== null)
      for (const conflict of conflicts) decide(conflict, { sides, decided, strategy, state });
    if (decided.size === former) {
      for (const conflict of conflicts) resolved.delete(identityOf(conflict));
      return { state, conflicts, resolved: [...resolved.values()] };
    }
    for (const conflict of conflicts)
      if (!resolved.has(identityOf(conflict))) resolved.set(identityOf(conflict), conflict);
  }
}

function evaluated(
  sides: Sides,
  decided: ReadonlySet<string>,
  strategy: MergeSide | null,
): Omit<NaiveMerge, "resolved"> {
  const state = new Map<string, Entity>();
  const conflicts: Conflict[] = [];
  for (const [key, entity] of allEntities(sides)) {
    const [ours, theirs] = [sides.ours.get(key), sides.theirs.get(key)];
    const outcome =
      decided.has(key) && strategy !== null
        ? { entity: sides[strategy].get(key) }
        : mergedEntity(
            sides.bases.map((base) => base.get(key)),
            ours,
            theirs,
          );
    const standing = "kind" in outcome ? ours : outcome.entity;
    if (standing !== undefined) state.set(key, standing);
    if ("kind" in outcome) conflicts.push(conflictOf(sides, outcome.kind, entity, outcome.properties, []));
  }
  return {
    state,
    conflicts: [...conflicts, ...orphans(sides, state), ...collisions(sides, state), ...crowds(sides, state)],
  };
}

type EntityOutcome =
  | { readonly entity: Entity | undefined }
  | { readonly kind: MergeConflictKind; readonly properties: readonly string[] };

function mergedEntity(
  bases: readonly (Entity | undefined)[],
  ours: Entity | undefined,
  theirs: Entity | undefined,
): EntityOutcome {
  if (same(ours, theirs)) return { entity: ours };
  const [base] = bases;
  const isOneBase = bases.every((other) => same(other, base));
  if (isOneBase && same(theirs, base)) return { entity: ours };
  if (isOneBase && same(ours, base)) return { entity: theirs };
  if (ours === undefined || theirs === undefined) return { kind: "delete_vs_update", properties: [] };
  if (!isOneBase) return { kind: "divergent_update", properties: differing(ours, theirs) };
  if (base === undefined) return { kind: "divergent_insert", properties: differing(ours, theirs) };
  return mergedProperties(base, ours, theirs);
}

/** The members of an image that are merged one by one: its properties, and its ends as one. */
function membersOf({ properties, endpoints }: EntityImage): ReadonlyMap<string, string> {
  const members = Object.entries(properties).map(
    ([name, value]) => [`.${name}`, JSON.stringify(value)] as const,
  );
  return new Map([
    ...members,
    ["ends", JSON.stringify(endpoints === null ? null : [endpoints.from, endpoints.to])],
  ]);
}

function namesOf(members: readonly string[]): readonly string[] {
  return members.flatMap((member) => (member === "ends" ? ["from", "to"] : [member.slice(1)]));
}

function differing(a: Entity, b: Entity): readonly string[] {
  const others = membersOf(b.image);
  return namesOf(
    [...membersOf(a.image)].filter(([name, text]) => text !== others.get(name)).map(([name]) => name),
  );
}

function mergedProperties(base: Entity, ours: Entity, theirs: Entity): EntityOutcome {
  const [b, o, t] = [membersOf(base.image), membersOf(ours.image), membersOf(theirs.image)];
  const names = [...b.keys()];
  const clashing = names.filter(
    (name) => o.get(name) !== t.get(name) && o.get(name) !== b.get(name) && t.get(name) !== b.get(name),
  );
  if (clashing.length > 0) return { kind: "divergent_update", properties: namesOf(clashing) };
  const chosen = (name: string): EntityImage => (o.get(name) === b.get(name) ? theirs : ours).image;
  const properties = Object.keys(base.image.properties).map(
    (name) => [name, chosen(`.${name}`).properties[name] ?? null] as const,
  );
  return {
    entity: entityOf(base, {
      properties: Object.fromEntries(properties),
      endpoints: chosen("ends").endpoints,
    }),
  };
}

function allEntities({ bases, ours, theirs }: Sides): State {
  return new Map([...bases, ours, theirs].flatMap((state) => [...state]));
}

function conflictOf(
  { bases, ours, theirs }: Sides,
  kind: MergeConflictKind,
  entity: EntityRef,
  properties: readonly string[],
  others: readonly EntityRef[],
): Conflict {
  const key = keyOf(entity);
  const imageIn = (state: State | undefined): EntityImage | null => state?.get(key)?.image ?? null;
  return {
    kind,
    entityKind: entity.kind,
    type: entity.type,
    id: entity.id,
    properties,
    with: others.map(refOf),
    base: imageIn(bases[0]),
    ours: imageIn(ours),
    theirs: imageIn(theirs),
  };
}

function refOf({ kind, type, id }: EntityRef): EntityRef {
  return { kind, type, id };
}

function orphans(sides: Sides, state: State): readonly Conflict[] {
  return [...state.values()].flatMap((edge) => {
    const missing = new Map(
      endsOf(edge)
        .filter((end) => !state.has(keyOf(end)))
        .map((end) => [keyOf(end), end]),
    );
    return missing.size === 0 ? [] : [conflictOf(sides, "orphan_edge", edge, [], [...missing.values()])];
  });
}

function collisions(sides: Sides, state: State): readonly Conflict[] {
  return [...HISTORY_CATALOG.typeById.values()].flatMap((type) =>
    holdersOfOneTuple(type, state).flatMap((holders) =>
      holders
        .filter((holder) => !same(holder, sides.ours.get(keyOf(holder))))
        .map((holder) =>
          conflictOf(
            sides,
            "unique_violation",
            holder,
            [],
            holders.filter((other) => other !== holder),
          ),
        ),
    ),
  );
}

function holdersOfOneTuple(type: EntityType, state: State): readonly (readonly Entity[])[] {
  return type.uniques.flatMap(({ members }) => {
    const holders = new Map<string, Entity[]>();
    for (const entity of state.values()) {
      if (entity.kind !== type.kind || entity.type !== type.name) continue;
      const { properties, endpoints } = entity.image;
      const tuple = members.map((member) => {
        if (member === "src") return endpoints?.from;
        if (member === "dst") return endpoints?.to;
        return properties[type.propertyById.get(member)?.name ?? ""] ?? null;
      });
      if (tuple.includes(null)) continue;
      const text = JSON.stringify(tuple);
      holders.set(text, [...(holders.get(text) ?? []), entity]);
    }
    return [...holders.values()].filter(({ length }) => length > 1);
  });
}

function crowds(sides: Sides, state: State): readonly Conflict[] {
  return [...HISTORY_CATALOG.edges.values()].flatMap((type) =>
    [...state.values()]
      .filter((node) => node.kind === "node" && node.type === type.from.name)
      .filter((node) => isTouched(sides, state, type, node) && !isWithinBounds(state, type, node))
      .map((node): Conflict => ({
        kind: "cardinality_violation",
        entityKind: "edge",
        type: type.name,
        id: null,
        properties: [],
        with: [refOf(node), ...edgesConcerned(sides, type, node).map(refOf)],
        base: null,
        ours: null,
        theirs: null,
      })),
  );
}

/** Whether the node has other edges than on either side. */
function isTouched({ ours, theirs }: Sides, state: State, type: EdgeType, node: Entity): boolean {
  const idsIn = (graph: State): string =>
    JSON.stringify(
      edgesFrom(graph, type, node.id)
        .map((edge) => edge.id)
        .toSorted(),
    );
  return [ours, theirs].every((side) => !side.has(keyOf(node)) || idsIn(side) !== idsIn(state));
}

function isWithinBounds(state: State, type: EdgeType, { id }: Entity): boolean {
  const { min, max } = type.cardinality;
  const count = edgesFrom(state, type, id).length;
  return count >= min && (max === null || count <= max);
}

/** The edges of the type that a side changed since the base, and that leave the node at the base or on either side. */
function edgesConcerned(sides: Sides, type: EdgeType, node: Entity): readonly Entity[] {
  const states = statesShown(sides);
  return [...allEntities(sides)]
    .filter(([key, edge]) => edge.type === type.name && isChanged(sides, key))
    .filter(([key]) => states.some((state) => state.get(key)?.image.endpoints?.from === node.id))
    .map(([, edge]) => edge);
}

/** The states whose images conflicts show: of several bases the one whose commit id is smallest. */
function statesShown({ bases, ours, theirs }: Sides): readonly State[] {
  return [...bases.slice(0, 1), ours, theirs];
}

/** Whether a side differs from the base whose commit id is smallest. */
function isChanged({ bases: [base], ours, theirs }: Sides, key: string): boolean {
  return !same(base?.get(key), ours.get(key)) || !same(base?.get(key), theirs.get(key));
}

/** Decisions in the making, all for one side. */
interface Deciding {
  readonly sides: Sides;
  readonly strategy: MergeSide;
  /** The result as it stood when the conflicts were listed. */
  readonly state: State;
  readonly decided: Set<string>;
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
  }
}

/** An entity becomes what it is on the side, with its cascades. */
function take(entity: EntityRef, deciding: Deciding): void {
  const { sides, strategy, state, decided } = deciding;
  const key = keyOf(entity);
  if (decided.has(key)) return;
  decided.add(key);
  if (entity.kind === "node" && sides.ours.has(key) !== sides.theirs.has(key))
    for (const edge of edgesAt(sides, key)) take(edge, deciding);
  const chosen = sides[strategy].get(key);
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
