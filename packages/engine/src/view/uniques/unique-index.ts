import { present, type Value } from "@omnigraph/base";
import type { EntityType, PropertyId, TupleMember, UniqueConstraint } from "@omnigraph/language";
import {
  type ChangeSet,
  columnOf,
  columnType,
  hashInto,
  RollingHash,
  type TypeChanges,
} from "@omnigraph/storage";
import type { Need, Rows, View } from "../view.ts";
import { endIds, needOf } from "../needs.ts";
import { rowsOf } from "../rows-of.ts";
import { memberColumn, tupleHash, UNIQUE_SEED } from "./tuple-hash.ts";
import { TupleCounts } from "./tuple-counts.ts";
import { TupleIndex } from "./tuple-index.ts";

/**
 * By view the tuples of its @unique constraints, counted by hash. Made by one scan of the members' columns when a write first needs them; `carryUniques`
 * then carries them to later views, so that a write costs only its own changes, on any branch.
 */
const indexes = new WeakMap<View, Map<UniqueConstraint, TupleIndex>>();

const hash = new RollingHash();
const encoder = new TextEncoder();

/** The needs for reading the tuples of a constraint from a view; none when they are counted already. */
export function uniqueNeeds(view: View, type: EntityType, unique: UniqueConstraint): readonly Need[] {
  if (view.count(type) === 0 || indexes.get(view)?.has(unique) === true) return [];
  return memberNeeds(type, unique);
}

/** Whether a member is a property, not an end. */
export function isProperty(member: TupleMember): member is PropertyId {
  return member !== "src" && member !== "dst";
}

/** The member columns themselves. */
export function memberNeeds(type: EntityType, unique: UniqueConstraint): readonly Need[] {
  const columns = new Set(unique.members.filter(isProperty));
  const ends = columns.size < unique.members.length;
  return [needOf(type, { columns, ends }), ...(ends && type.kind === "edge" ? endIds(type) : [])];
}

/** The number of occurrences of each tuple among the live rows of a view. Its needs must be resident. */
export function tupleIndex(view: View, type: EntityType, unique: UniqueConstraint): TupleIndex {
  let ofView = indexes.get(view);
  if (ofView === undefined) {
    ofView = new Map();
    indexes.set(view, ofView);
  }
  let index = ofView.get(unique);
  if (index === undefined) {
    const counts = new TupleCounts(view.count(type));
    const read = tupleReader(view, type, unique);
    for (const row of rowsOf(view, type).liveOrdinals()) {
      const token = read(row);
      if (token !== null) counts.add(token.low, token.high, 1);
    }
    index = new TupleIndex(counts);
    ofView.set(unique, index);
  }
  return index;
}

/** Reads the hash of a row's tuple from a view; null where a member is null. The next call overwrites the result. */
export function tupleReader(
  view: View,
  type: EntityType,
  unique: UniqueConstraint,
): (row: number) => RollingHash | null {
  const feeds = unique.members.map((member) => memberFeed(view, type, member));
  return (row) => {
    hash.start(UNIQUE_SEED[0], UNIQUE_SEED[1]);
    for (const feed of feeds) if (!feed(row)) return null;
    return hash;
  };
}

/** Makes a function that feeds a member of a row to the hash; it answers false for null. */
function memberFeed(
  view: View,
  type: EntityType,
  member: UniqueConstraint["members"][number],
): (row: number) => boolean {
  if (member === "src" || member === "dst") {
    const edge = present(type.kind === "edge" ? type : null, `ends of ${type.name}`);
    const edges = view.edges(edge);
    const nodes = view.nodes(member === "src" ? edge.from : edge.to);
    const idHashes = hashesOfIds(nodes);
    return (row) => {
      const node = member === "src" ? edges.sourceOf(row) : edges.targetOf(row);
      hash.words(idHashes[node * 2]!, idHashes[node * 2 + 1]!);
      return true;
    };
  }
  const cells = rowsOf(view, type).column(member);
  const property = present(type.propertyById.get(member), "member of a constraint");
  const { base } = cells;
  return (row) => {
    if (cells.isNull(row)) return false;
    if (base !== null && row < base.length && !cells.isPatched(row)) hash.cell(base, row);
    else hash.cell(columnOf(columnType(property.type), [cells.value(row)]), 0);
    return true;
  };
}

/** Two words per node: the hash of its id, computed once for all its edges. */
function hashesOfIds(nodes: Rows): Uint32Array {
  const hashes = new Uint32Array(nodes.capacity * 2);
  for (const node of nodes.liveOrdinals()) {
    const id = encoder.encode(nodes.idAt(node));
    hashInto(id, 0, id.length, hashes, node * 2);
  }
  return hashes;
}

/** The values of a row's tuple, to tell equal tuples from equal hashes. */
export function tupleOf(
  view: View,
  type: EntityType,
  unique: UniqueConstraint,
  row: number,
): readonly Value[] {
  return unique.members.map((member) => {
    if (member !== "src" && member !== "dst") return rowsOf(view, type).column(member).value(row);
    const edge = present(type.kind === "edge" ? type : null, `ends of ${type.name}`);
    const edges = view.edges(edge);
    return member === "src"
      ? view.nodes(edge.from).idAt(edges.sourceOf(row))
      : view.nodes(edge.to).idAt(edges.targetOf(row));
  });
}

/** Carries the counted tuples of a view over to the view after some changes; the cost is that of the changes. */
export function carryUniques(from: View, to: View, changes: ChangeSet): void {
  const ofView = indexes.get(from);
  if (ofView === undefined) return;
  const carried = new Map(ofView);
  for (const change of changes) {
    for (const unique of from.catalog.typeById.get(change.type)?.uniques ?? []) {
      const index = ofView.get(unique);
      if (index !== undefined) carried.set(unique, indexAfter(index, unique, change));
    }
  }
  indexes.set(to, carried);
}

/** Shares the counted tuples of a view with one of the same rows under another schema, as far as its constraints are the same. */
export function shareUniques(from: View, to: View): void {
  const ofView = indexes.get(from);
  if (ofView === undefined) return;
  const shared = new Map<UniqueConstraint, TupleIndex>();
  for (const type of to.catalog.typeById.values()) {
    for (const unique of type.uniques) {
      const isWidened = unique.members.some(
        (member) => isProperty(member) && type.propertyById.get(member)?.widened === true,
      );
      const same = from.catalog.typeById.get(type.id)?.uniques.find((old) => sameMembers(old, unique));
      const index = same === undefined || isWidened ? undefined : ofView.get(same);
      if (index !== undefined) shared.set(unique, index);
    }
  }
  indexes.set(to, shared);
}

function sameMembers(a: UniqueConstraint, b: UniqueConstraint): boolean {
  return a.members.length === b.members.length && a.members.every((member, i) => member === b.members[i]);
}

function indexAfter(index: TupleIndex, { members }: UniqueConstraint, change: TypeChanges): TupleIndex {
  return index.after((add) => {
    for (const [rows, difference] of [[change.before, -1] as const, [change.after, 1] as const]) {
      const columns = members.map((member) => memberColumn(rows, member));
      for (let row = 0; row < rows.length; row++) {
        const token = tupleHash(columns, row, UNIQUE_SEED);
        if (token !== null) add(token.low, token.high, difference);
      }
    }
  });
}
