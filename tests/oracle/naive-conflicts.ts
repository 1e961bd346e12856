import type { EdgeType, EntityType, TupleMember } from "@omnigraph/language";
import type { EntityImage, EntityRef, MergeConflictKind, MergeSide } from "omnigraph";
import type { Conflict } from "../support/models/history-calls.ts";
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

/** A conflict, with what decides it: the members of a tuple, and whether a node has too many edges or too few. */
export interface Found {
  readonly conflict: Conflict;
  readonly members: readonly string[];
  readonly isTooMany: boolean;
}

/** What was decided so far, all for one side: whole entities, and some members of others. */
export interface Decided {
  readonly side: MergeSide;
  readonly whole: Set<string>;
  readonly members: Map<string, Set<string>>;
}

/** The result as it is decided so far, and the conflicts that are left in it. */
export interface Evaluated {
  readonly state: State;
  readonly found: readonly Found[];
}

/** Decisions in the making. */
export interface Deciding extends Evaluated {
  readonly sides: Sides;
  readonly decided: Decided;
}

/** The result by what was decided so far; entities in conflict stand as ours has them. */
export function evaluated(sides: Sides, { side, whole, members }: Decided): Evaluated {
  const state = new Map<string, Entity>();
  const found: Found[] = [];
  for (const [key, entity] of allEntities(sides)) {
    const [ours, theirs] = [sides.ours.get(key), sides.theirs.get(key)];
    const outcome = whole.has(key)
      ? { entity: sides[side].get(key) }
      : mergedEntity(
          sides.bases.map((base) => base.get(key)),
          { ours, theirs, side, fixed: members.get(key) ?? new Set() },
        );
    const standing = "kind" in outcome ? ours : outcome.entity;
    if (standing !== undefined) state.set(key, standing);
    if ("kind" in outcome) found.push(plain(conflictOf(sides, outcome.kind, entity, outcome.properties, [])));
  }
  return {
    state,
    found: [
      ...found,
      ...orphans(sides, state).map(plain),
      ...collisions(sides, state),
      ...crowds(sides, state),
    ],
  };
}

function plain(conflict: Conflict): Found {
  return { conflict, members: [], isTooMany: false };
}

type EntityOutcome =
  | { readonly entity: Entity | undefined }
  | { readonly kind: MergeConflictKind; readonly properties: readonly string[] };

/** Both sides' images of an entity, and the members of it that a side was chosen for. */
interface BothImages {
  readonly ours: Entity | undefined;
  readonly theirs: Entity | undefined;
  readonly side: MergeSide;
  readonly fixed: ReadonlySet<string>;
}

function mergedEntity(bases: readonly (Entity | undefined)[], images: BothImages): EntityOutcome {
  const { ours, theirs, fixed } = images;
  if (same(ours, theirs)) return { entity: ours };
  const [base] = bases;
  const isOneBase = bases.every((other) => same(other, base));
  if (fixed.size === 0) {
    if (isOneBase && same(theirs, base)) return { entity: ours };
    if (isOneBase && same(ours, base)) return { entity: theirs };
  }
  if (ours === undefined || theirs === undefined) return { kind: "delete_vs_update", properties: [] };
  const kind = isOneBase && base === undefined ? "divergent_insert" : "divergent_update";
  return mergedMembers(isOneBase ? base : undefined, { ...images, ours, theirs }, kind);
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

/** Each member by itself; without a base nothing but what is equal goes together. */
function mergedMembers(
  base: Entity | undefined,
  { ours, theirs, side, fixed }: BothImages & { readonly ours: Entity; readonly theirs: Entity },
  kind: MergeConflictKind,
): EntityOutcome {
  const b = base === undefined ? new Map<string, string>() : membersOf(base.image);
  const [o, t] = [membersOf(ours.image), membersOf(theirs.image)];
  const clashing: string[] = [];
  const chosen = new Map<string, EntityImage>();
  for (const name of o.keys()) {
    if (fixed.has(name)) chosen.set(name, side === "ours" ? ours.image : theirs.image);
    else if (o.get(name) === t.get(name) || t.get(name) === b.get(name)) chosen.set(name, ours.image);
    else if (o.get(name) === b.get(name)) chosen.set(name, theirs.image);
    else clashing.push(name);
  }
  if (clashing.length > 0) return { kind, properties: namesOf(clashing) };
  const properties = Object.keys(ours.image.properties).map(
    (name) => [name, chosen.get(`.${name}`)?.properties[name] ?? null] as const,
  );
  const endpoints = chosen.get("ends")?.endpoints ?? null;
  return { entity: entityOf(ours, { properties: Object.fromEntries(properties), endpoints }) };
}

export function allEntities({ bases, ours, theirs }: Sides): State {
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

function collisions(sides: Sides, state: State): readonly Found[] {
  return [...HISTORY_CATALOG.typeById.values()].flatMap((type) =>
    type.uniques.flatMap(({ members }) =>
      holdersOfOneTuple(type, members, state).flatMap((holders) =>
        holders
          .filter((holder) => !same(holder, sides.ours.get(keyOf(holder))))
          .map((holder): Found => {
            const others = holders.filter((other) => other !== holder);
            return {
              conflict: conflictOf(sides, "unique_violation", holder, [], others),
              members: members.map((member) =>
                member === "src" || member === "dst"
                  ? "ends"
                  : `.${type.propertyById.get(member)?.name ?? ""}`,
              ),
              isTooMany: false,
            };
          }),
      ),
    ),
  );
}

function holdersOfOneTuple(
  type: EntityType,
  members: readonly TupleMember[],
  state: State,
): readonly (readonly Entity[])[] {
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
}

function crowds(sides: Sides, state: State): readonly Found[] {
  return [...HISTORY_CATALOG.edges.values()].flatMap((type) =>
    [...state.values()]
      .filter((node) => node.kind === "node" && node.type === type.from.name)
      .filter((node) => isTouched(sides, state, type, node) && !isWithinBounds(state, type, node))
      .map((node): Found => ({
        conflict: {
          kind: "cardinality_violation",
          entityKind: "edge",
          type: type.name,
          id: null,
          properties: [],
          with: [refOf(node), ...edgesConcerned(sides, type, node).map(refOf)],
          base: null,
          ours: null,
          theirs: null,
        },
        members: [],
        isTooMany: edgesFrom(state, type, node.id).length > type.cardinality.min,
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
export function statesShown({ bases, ours, theirs }: Sides): readonly State[] {
  return [...bases.slice(0, 1), ours, theirs];
}

/** Whether a side differs from the base whose commit id is smallest. */
export function isChanged({ bases: [base], ours, theirs }: Sides, key: string): boolean {
  return !same(base?.get(key), ours.get(key)) || !same(base?.get(key), theirs.get(key));
}
