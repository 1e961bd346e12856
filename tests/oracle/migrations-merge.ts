import {
  isSound,
  isWithin,
  knownIds,
  type Cell,
  type NaiveProperty,
  type NaiveRow,
  type NaiveRows,
  type NaiveState,
  type NaiveType,
  propertyIn,
  rowsOf,
  typeIn,
} from "./migrations-state.ts";
import { isWidening, valuesOfEnum } from "./migrations-types.ts";

/** What a merge comes to: a state, a conflict, or what the documents leave open. */
export type Joined = NaiveState | "conflict" | "open";

interface Sides<T> {
  base: T;
  ours: T;
  theirs: T;
}

/** The side that wins where declarations contradict each other; null: that is a conflict. */
export type Prefer = "ours" | "theirs" | null;

interface Joining {
  readonly isRevert: boolean;
  readonly prefer: Prefer;
}

type Merging = Sides<NaiveState> & { readonly prefer: Prefer };

/** Thrown where a merge stops. */
class Stop extends Error {
  /** `refused` is a conflict that no strategy decides. */
  readonly verdict: "conflict" | "open" | "refused";

  constructor(verdict: "conflict" | "open" | "refused") {
    super(verdict);
    this.verdict = verdict;
  }
}

/**
 * Merges whole graphs with their schemas, by docs/merge/README.md. A revert of a commit is a merge of its parent, with the commit as the base: what it dropped comes
 * back in the rows that are still there, which is no edit of them.
 */
export function naiveJoin(states: Sides<NaiveState>, { isRevert, prefer }: Joining): Joined {
  const sides = { ...states, prefer };
  try {
    const isOfRows = isRevert && states.base.types === states.theirs.types;
    const types = isOfRows ? states.ours.types : joinedTypes(sides);
    const known = [sides.base, sides.ours, sides.theirs].flatMap((side) => [...knownIds(side)]);
    const used = knownIds({ types, retired: new Set(), rows: new Map() });
    // The rows that the other side wrote meanwhile do not say what they would have of it.
    const isBack = [sides.ours, sides.theirs].some(({ retired }) => [...retired].some((id) => used.has(id)));
    if (isBack && !isRevert) throw new Stop("refused");
    const state = {
      types,
      retired: new Set(known.filter((id) => !used.has(id))),
      rows: new Map(types.map((type) => [type.id, joinedRows(sides, type, isRevert)])),
    };
    return isSound(state) ? state : decided("conflict", prefer);
  } catch (error) {
    if (error instanceof Stop)
      return error.verdict === "refused" ? "conflict" : decided(error.verdict, prefer);
    throw error;
  }
}

/** What else a strategy makes of a conflict is left to other models. */
function decided(verdict: "conflict" | "open", prefer: Prefer): "conflict" | "open" {
  return prefer === null ? verdict : "open";
}

function joinedTypes(sides: Merging): readonly NaiveType[] {
  const ids = new Set([...sides.ours.types, ...sides.theirs.types].map(({ id }) => id));
  const types = [...ids].flatMap((id) => joinedType(sides, id) ?? []);
  const names = types.flatMap(({ name, properties }) => [
    name,
    ...properties.map((p) => `${name}.${p.name}`),
  ]);
  if (new Set(names).size < names.length) throw new Stop("conflict");
  for (const { ends } of types)
    if (ends?.some((end) => typeIn({ types }, end) === undefined) === true) throw new Stop("conflict");
  for (const { range, ...property } of types.flatMap(({ properties }) => properties))
    if (!isWithin(property.default, range)) throw new Stop("open");
  return types;
}

function joinedType(sides: Merging, id: string): NaiveType | null {
  const { base, ours, theirs } = each(sides, (side) => typeIn(side, id));
  const kept = ours ?? theirs;
  if (kept === undefined) return null;
  if (ours === undefined || theirs === undefined) {
    if (base === undefined) return kept;
    const side = ours === undefined ? sides.theirs : sides.ours;
    const isChanged = text(base) !== text(kept) || hasNewRows(sides.base, side, id);
    return isChanged && !isGone(sides.prefer, ours === undefined) ? kept : null;
  }
  // Both added an edge type of that name. What a strategy makes of the rows of the other one is not said.
  if (String(ours.ends) !== String(theirs.ends)) throw new Stop(sides.prefer === null ? "conflict" : "open");
  const ids = new Set([...ours.properties, ...theirs.properties].map((property) => property.id));
  const properties = [...ids].flatMap((property) => joinedProperty(sides, id, property) ?? []);
  return {
    ...ours,
    name: part({ base: base?.name, ours: ours.name, theirs: theirs.name }, sides.prefer),
    properties,
  };
}

function joinedProperty(sides: Merging, type: string, id: string): NaiveProperty | null {
  const { base, ours, theirs } = each(sides, (side) => propertyIn(typeIn(side, type), id));
  const kept = ours ?? theirs;
  if (kept === undefined) return null;
  if (ours === undefined || theirs === undefined) {
    if (base === undefined) return kept;
    const side = ours === undefined ? sides.theirs : sides.ours;
    const isChanged = text(base) !== text(kept) || hasNewValues(sides.base, side, type, id);
    return isChanged && !isGone(sides.prefer, ours === undefined) ? kept : null;
  }
  const of = { base, ours, theirs };
  const { prefer } = sides;
  // Whether a type and its `?` are one thing is not said.
  const pairs = new Set([base, ours, theirs].map((one) => `${one?.type} ${one?.optional}`));
  if (pairs.size === 3) throw new Stop("open");
  const result = {
    id,
    isKey: kept.isKey,
    name: part({ base: base?.name, ours: ours.name, theirs: theirs.name }, prefer),
    type: joinedValueType(of, prefer),
    optional: part({ base: base?.optional, ours: ours.optional, theirs: theirs.optional }, prefer),
    default: part({ base: base?.default ?? null, ours: ours.default, theirs: theirs.default }, prefer),
    // What only one of two that added it alike declares is taken.
    unique: part({ base: base?.unique ?? false, ours: ours.unique, theirs: theirs.unique }, prefer),
    range: part({ base: base?.range ?? null, ours: ours.range, theirs: theirs.range }, prefer),
    fill: part({ base: base?.fill ?? null, ours: ours.fill, theirs: theirs.fill }, prefer),
  };
  for (const side of [ours, theirs]) if (!isWidening(side.type, result.type)) throw new Stop("conflict");
  return result;
}

function joinedValueType(
  sides: Sides<NaiveProperty | undefined> & { ours: NaiveProperty; theirs: NaiveProperty },
  prefer: Prefer,
): string {
  const { base, ours, theirs } = each(sides, (property) => property?.type);
  const lists = [base, ours, theirs].map((type) => valuesOfEnum(type ?? ""));
  if (ours !== theirs && lists[1] !== null && lists[2] !== null) {
    if (base === undefined) throw new Stop("open");
    if (ours !== base && theirs !== base)
      return `enum(${[...new Set([...(lists[1] ?? []), ...(lists[2] ?? [])])].toSorted().join(", ")})`;
  }
  return part({ base, ours: sides.ours.type, theirs: sides.theirs.type }, prefer);
}

/** One part of a declaration: what one side changed, or both alike. */
function part<T>({ base, ours, theirs }: { base: T | undefined; ours: T; theirs: T }, prefer: Prefer): T {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  if (prefer === null) throw new Stop("conflict");
  return prefer === "ours" ? ours : theirs;
}

/** Whether what one side dropped and the other changed goes. */
function isGone(prefer: Prefer, isGoneFromOurs: boolean): boolean {
  // To keep it would take rows that the side that dropped it no longer has.
  if (prefer === null || (prefer === "ours") !== isGoneFromOurs) throw new Stop("refused");
  return true;
}

/** Whether a side gave values to a property that the other one dropped. */
function hasNewValues(base: NaiveState, side: NaiveState, type: string, property: string): boolean {
  const changed = [...rowsOf(side, type)].flatMap(([id, { values }]) => {
    const before = rowsOf(base, type).get(id)?.values.get(property) ?? null;
    const now = values.get(property) ?? null;
    return before === now ? [] : [now];
  });
  // Whether a value that was taken away is a change is not said.
  if (changed.length > 0 && changed.every((now) => now === null)) throw new Stop("open");
  return changed.length > 0;
}

function hasNewRows(base: NaiveState, side: NaiveState, type: string): boolean {
  return [...rowsOf(side, type)].some(([id, row]) => rowText(row) !== rowText(rowsOf(base, type).get(id)));
}

function joinedRows(sides: Sides<NaiveState>, type: NaiveType, isRevert: boolean): NaiveRows {
  // Dropping a property or a type edits no row.
  const others = isRevert ? [sides.base, sides.theirs] : [sides.base];
  const of = each(sides, (side) => projected(side, type, others));
  const { base, ours, theirs } = each(sides, (side) => typeIn(side, type.id) !== undefined);
  // What a revert would bring back is back already.
  if (isRevert && !base && ours) return of.ours;
  if (base && !ours) of.ours = of.base;
  if (base && !theirs) of.theirs = of.base;
  const rows = new Map<string, NaiveRow>();
  for (const id of new Set([...of.ours.keys(), ...of.theirs.keys()])) {
    const row = joinedRow(each(of, (side) => side.get(id)));
    if (row !== undefined) rows.set(id, row);
  }
  return rows;
}

/** The rows of a side as they are under another schema: what the side lacks is as others have it, or filled. */
function projected(side: NaiveState, type: NaiveType, others: readonly NaiveState[]): NaiveRows {
  const cell = (name: string, { id, fill }: NaiveProperty): Cell => {
    const cells = [side, ...others].map((one) => rowsOf(one, type.id).get(name)?.values.get(id));
    return cells.find((one) => one !== undefined) ?? (cells.includes(null) ? null : fill);
  };
  return new Map(
    Array.from(rowsOf(side, type.id), ([id, { ends }]) => [
      id,
      { ends, values: new Map(type.properties.map((property) => [property.id, cell(id, property)])) },
    ]),
  );
}

function joinedRow({ base, ours, theirs }: Sides<NaiveRow | undefined>): NaiveRow | undefined {
  if (rowText(theirs) === rowText(base)) return ours;
  if (rowText(ours) === rowText(base)) return theirs;
  if (rowText(ours) === rowText(theirs)) return ours;
  if (base === undefined || ours === undefined || theirs === undefined) throw new Stop("conflict");
  const ends = part({ base: String(base.ends), ours: String(ours.ends), theirs: String(theirs.ends) }, null);
  const values = Array.from(ours.values.keys(), (property) => {
    const of = each({ base, ours, theirs }, (row) => row.values.get(property) ?? null);
    return [property, part(of, null)] as const;
  });
  return { ends: ends === String(ours.ends) ? ours.ends : theirs.ends, values: new Map(values) };
}

function rowText(row: NaiveRow | undefined): string {
  return row === undefined ? "" : JSON.stringify([row.ends, [...row.values].toSorted(byName)]);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function text(type: NaiveType | NaiveProperty): string {
  if (!("properties" in type)) return JSON.stringify(Object.entries(type).toSorted(byName));
  return JSON.stringify([type.name, type.ends, type.properties.map(text).toSorted()]);
}

function each<T, R>({ base, ours, theirs }: Sides<T>, of: (one: T) => R): Sides<R> {
  return { base: of(base), ours: of(ours), theirs: of(theirs) };
}
