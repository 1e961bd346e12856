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
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

/** Thrown where a merge stops. */
class Stop extends Error {
  readonly verdict: "conflict" | "open";

  constructor(verdict: "conflict" | "open") {
    super(verdict);
    this.verdict = verdict;
  }
}

/**
 * Merges whole graphs with their schemas, by docs/merge/README.md. A revert of a commit is a merge of its parent, with the commit as the base: what it dropped comes
 * back in the rows that are still there, which is no edit of them.
 */
export function naiveJoin(sides: Sides<NaiveState>, isRevert = false): Joined {
  try {
    const types = joinedTypes(sides);
    const known = [sides.base, sides.ours, sides.theirs].flatMap((side) => [...knownIds(side)]);
    const used = knownIds({ types, retired: new Set(), rows: new Map() });
    const state = {
      types,
      retired: new Set(known.filter((id) => !used.has(id))),
      rows: new Map(types.map((type) => [type.id, joinedRows(sides, type, isRevert)])),
    };
    return isSound(state) ? state : "conflict";
  } catch (error) {
    if (error instanceof Stop) return error.verdict;
    throw error;
  }
}

function joinedTypes(sides: Sides<NaiveState>): readonly NaiveType[] {
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

function joinedType(sides: Sides<NaiveState>, id: string): NaiveType | null {
  const { base, ours, theirs } = each(sides, (side) => typeIn(side, id));
  const kept = ours ?? theirs;
  if (kept === undefined) return null;
  if (ours === undefined || theirs === undefined) {
    if (base === undefined) return kept;
    const side = ours === undefined ? sides.theirs : sides.ours;
    if (text(base) !== text(kept) || hasNewRows(sides.base, side, id)) throw new Stop("conflict");
    return null;
  }
  const ids = new Set([...ours.properties, ...theirs.properties].map((property) => property.id));
  const properties = [...ids].flatMap((property) => joinedProperty(sides, id, property) ?? []);
  return { ...ours, name: part({ base: base?.name, ours: ours.name, theirs: theirs.name }), properties };
}

function joinedProperty(sides: Sides<NaiveState>, type: string, id: string): NaiveProperty | null {
  const { base, ours, theirs } = each(sides, (side) => propertyIn(typeIn(side, type), id));
  const kept = ours ?? theirs;
  if (kept === undefined) return null;
  if (ours === undefined || theirs === undefined) {
    if (base === undefined) return kept;
    if (text(base) !== text(kept)) throw new Stop("conflict");
    checkValues(sides.base, ours === undefined ? sides.theirs : sides.ours, type, id);
    return null;
  }
  const of = { base, ours, theirs };
  const result = {
    id,
    isKey: kept.isKey,
    name: part({ base: base?.name, ours: ours.name, theirs: theirs.name }),
    type: joinedValueType(of),
    optional: part({ base: base?.optional, ours: ours.optional, theirs: theirs.optional }),
    default: part({ base: base?.default, ours: ours.default, theirs: theirs.default }),
    unique: part({ base: base?.unique, ours: ours.unique, theirs: theirs.unique }),
    range: part({ base: base?.range, ours: ours.range, theirs: theirs.range }),
    fill: part({ base: base?.fill, ours: ours.fill, theirs: theirs.fill }),
  };
  for (const side of [ours, theirs]) if (!isWidening(side.type, result.type)) throw new Stop("conflict");
  return result;
}

function joinedValueType(
  sides: Sides<NaiveProperty | undefined> & { ours: NaiveProperty; theirs: NaiveProperty },
): string {
  const { base, ours, theirs } = each(sides, (property) => property?.type);
  const lists = [base, ours, theirs].map((type) => valuesOfEnum(type ?? ""));
  if (ours !== theirs && lists[1] !== null && lists[2] !== null) {
    if (base === undefined) throw new Stop("open");
    if (ours !== base && theirs !== base)
      return `enum(${[...new Set([...(lists[1] ?? []), ...(lists[2] ?? [])])].toSorted().join(", ")})`;
  }
  return part({ base, ours: sides.ours.type, theirs: sides.theirs.type });
}

/** One part of a declaration: what one side changed, or both alike. */
function part<T>({ base, ours, theirs }: { base: T | undefined; ours: T; theirs: T }): T {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  throw new Stop("conflict");
}

/** The values that a side gave a property that the other one dropped. */
function checkValues(base: NaiveState, side: NaiveState, type: string, property: string): void {
  for (const [id, { values }] of rowsOf(side, type)) {
    const [before, now] = [
      rowsOf(base, type).get(id)?.values.get(property) ?? null,
      values.get(property) ?? null,
    ];
    // A value that was taken away is none that was given.
    if (before !== now) throw new Stop(now === null ? "open" : "conflict");
  }
}

function hasNewRows(base: NaiveState, side: NaiveState, type: string): boolean {
  return [...rowsOf(side, type)].some(([id, row]) => rowText(row) !== rowText(rowsOf(base, type).get(id)));
}

function joinedRows(sides: Sides<NaiveState>, type: NaiveType, isRevert: boolean): NaiveRows {
  const lost: NaiveRows = isRevert ? rowsOf(sides.theirs, type.id) : new Map();
  const of = each(sides, (side) => projected(side, type, lost));
  const rows = new Map<string, NaiveRow>();
  for (const id of new Set([...of.ours.keys(), ...of.theirs.keys()])) {
    const row = joinedRow(each(of, (side) => side.get(id)));
    if (row !== undefined) rows.set(id, row);
  }
  return rows;
}

/** The rows of a side as they are under another schema: what the side lacks is filled, or as the rows have it that come back. */
function projected(side: NaiveState, type: NaiveType, lost: NaiveRows): NaiveRows {
  const own = typeIn(side, type.id);
  const cell = (name: string, row: NaiveRow, { id, fill }: NaiveProperty): Cell => {
    const values = propertyIn(own, id) === undefined ? lost.get(name)?.values : row.values;
    return values?.has(id) === true ? (values.get(id) ?? null) : fill;
  };
  return new Map(
    Array.from(rowsOf(side, type.id), ([id, row]) => [
      id,
      {
        ends: row.ends,
        values: new Map(type.properties.map((property) => [property.id, cell(id, row, property)])),
      },
    ]),
  );
}

function joinedRow({ base, ours, theirs }: Sides<NaiveRow | undefined>): NaiveRow | undefined {
  if (rowText(theirs) === rowText(base)) return ours;
  if (rowText(ours) === rowText(base)) return theirs;
  if (rowText(ours) === rowText(theirs)) return ours;
  if (base === undefined || ours === undefined || theirs === undefined) throw new Stop("conflict");
  const ends = part({ base: String(base.ends), ours: String(ours.ends), theirs: String(theirs.ends) });
  const values = Array.from(ours.values.keys(), (property) => {
    const of = each({ base, ours, theirs }, (row) => row.values.get(property) ?? null);
    return [property, part(of)] as const;
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
