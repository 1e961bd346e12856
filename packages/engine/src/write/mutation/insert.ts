import { assert, OmnigraphError, present, type Value } from "@omnigraph/base";
import {
  type AssignedExpr,
  canonicalKeyText,
  type EdgeType,
  type EntityType,
  isConstant,
  keyParts,
  type Property,
  type PropertyId,
  type Statement,
} from "@omnigraph/language";
import { columnIn, columnKeys, EMPTY_BATCH, type TypeChanges, valueAt } from "@omnigraph/storage";
import { type Assigned, assignedBy } from "./assigned.ts";
import { checked } from "./checked.ts";
import { needOf, wholeRows } from "../../view/needs.ts";
import { entityName, problemDetails } from "../problem.ts";
import { rowsOf } from "../../view/rows-of.ts";
import type { Work } from "./work.ts";
import { batchOf } from "../batch-of.ts";

export type Insert = Extract<Statement, { kind: "insert_node" | "insert_edge" }>;

/** The new rows of one type in a run of inserts, by id; values in the order of `columnKeys`. */
interface Drafts {
  readonly type: EntityType;
  readonly rows: Map<string, readonly Value[]>;
  /** Ids that must not exist yet: those that were given for a type without key. */
  readonly strict: Set<string>;
}

/** Consecutive inserts as one step. A later insert of the same key replaces the row of an earlier one. */
export async function insertRun(work: Work, inserts: readonly Insert[]): Promise<void> {
  const drafts = new Map<EntityType, Drafts>();
  for (const insert of inserts) {
    const { type } = insert;
    work.count(type, 1);
    if (insert.kind === "insert_edge" && type.key === null) {
      await draftEdge(work, insert);
      continue;
    }
    let ofType = drafts.get(type);
    if (ofType === undefined) {
      ofType = { type, rows: new Map(), strict: new Set() };
      drafts.set(type, ofType);
    }
    if (insert.upsert) await draftUpsert(work, insert, ofType);
    else if (insert.kind === "insert_node") draftNode(work, insert, ofType);
    else draftKeyedEdge(work, insert, ofType);
  }
  const changes: TypeChanges[] = [];
  for (const ofType of drafts.values()) changes.push(...(await changesOf(work, ofType)));
  work.step(changes);
}

function valuesOf(work: Work, { type, assignments }: Insert): readonly Value[] {
  const given = new Map(assignments.map(({ property, value }) => [property.id, constantOf(work, value)]));
  return type.properties.map((property) => checkedValue(work, type, property, given));
}

function constantOf(work: Work, value: AssignedExpr): Value {
  assert(isConstant(value), "an insert reads no entity");
  return work.valueOf(value);
}

type InsertEdge = Extract<Insert, { kind: "insert_edge" }>;

/** What an insert of an edge gives but for the id, in the order of `columnKeys`. */
function edgeValues(work: Work, insert: InsertEdge): readonly Value[] {
  const values = valuesOf(work, insert);
  return [...endsOf(work, insert), ...values];
}

function endsOf(work: Work, { type, from, to }: InsertEdge): readonly Value[] {
  return [text(type, "from", work.valueOf(from)), text(type, "to", work.valueOf(to))];
}

/** An entity of the same key keeps what is not assigned. A new one is as if it had been there with the defaults of its properties. */
async function draftUpsert(work: Work, insert: Insert, { type, rows }: Drafts): Promise<void> {
  const { blobs } = work;
  const assigns = assignedBy(insert, (expr) => work.valueOf(expr), blobs);
  const all = new Map(assigns.map((one) => [one.property.id, one]));
  const ends = insert.kind === "insert_edge" ? endsOf(work, insert) : [];
  const keyed = type.properties.map((property) =>
    type.key?.includes(property) === true ? keyValue(work, type, property, all.get(property.id)) : null,
  );
  const id = present(keyOf(type, [...ends, ...keyed]), `key of ${type.name}`);
  const known =
    rows.get(id) ??
    (type.kind === "edge" ? work.edges.row(type, id) : null) ??
    (await existingRow(work, type, id));
  const first = columnKeys(type).length - type.properties.length;
  const before = type.properties.map((property, at) =>
    known === null ? (property.default ?? null) : (known[first + at] ?? null),
  );
  const readerOf = ({ id: read }: Property) => {
    const value = before[type.properties.findIndex((property) => property.id === read)] ?? null;
    return () => value;
  };
  const values = type.properties.map((property, at) => {
    const assigned = all.get(property.id);
    if (assigned !== undefined) return assigned.valuesFor(readerOf)(0);
    return known === null ? checked(type, property, before[at] ?? null, blobs) : (before[at] ?? null);
  });
  rows.set(id, [id, ...ends, ...values]);
}

/** The value of a property of a key, which is constant. */
function keyValue(
  { blobs }: Work,
  type: EntityType,
  property: Property,
  assigned: Assigned | undefined,
): Value {
  return assigned === undefined
    ? checked(type, property, property.default ?? null, blobs)
    : assigned.valuesFor(() => () => null)(0);
}

/** The entity with an id, in the order of `columnKeys`; null where there is none. */
async function existingRow(work: Work, type: EntityType, id: string): Promise<readonly Value[] | null> {
  if (work.view.count(type) === 0) return null;
  await work.need([needOf(type, { keys: true })]);
  const rows = rowsOf(work.view, type);
  const ordinal = rows.find(id);
  if (ordinal < 0) return null;
  await work.need(wholeRows(type));
  const found = rows.gather([ordinal]);
  return columnKeys(type).map((key) => valueAt(columnIn(found, key), 0));
}

async function draftEdge(work: Work, insert: InsertEdge): Promise<void> {
  const { type } = insert;
  const values = edgeValues(work, insert);
  let id = work.minter.next();
  if (insert.id !== null) {
    id = text(type, "id", work.valueOf(insert.id));
    if (work.edges.has(type, id) || (await exists(work, type, id))) throw keyConflict(type, id);
  }
  work.edges.add(type, id, [id, ...values]);
}

/** An edge of a type with a key: one with the same key is replaced, as a node is. */
function draftKeyedEdge(work: Work, insert: InsertEdge, { type, rows }: Drafts): void {
  const values = edgeValues(work, insert);
  const id = present(keyOf(type, values), `key of ${type.name}`);
  rows.set(id, [id, ...values]);
}

async function exists(work: Work, type: EdgeType, id: string): Promise<boolean> {
  if (work.view.count(type) === 0) return false;
  await work.need([needOf(type, { keys: true })]);
  return work.view.edges(type).find(id) >= 0;
}

function draftNode(
  work: Work,
  insert: Extract<Insert, { kind: "insert_node" }>,
  { type, rows, strict }: Drafts,
): void {
  const values = valuesOf(work, insert);
  const key = keyOf(type, values);
  const stated = insert.id === null ? null : text(type, "id", work.valueOf(insert.id));
  const id = key ?? stated ?? work.minter.next();
  if (key === null && stated !== null) claim(type, id, rows, strict);
  rows.set(id, [id, ...values]);
}

/** Notes an id that must not exist yet, and that no other row of the run may have. */
function claim(type: EntityType, id: string, rows: ReadonlyMap<string, unknown>, strict: Set<string>): void {
  if (rows.has(id)) throw keyConflict(type, id);
  strict.add(id);
}

/** The id by the key of an entity with these values, in the order of `columnKeys` without the id; null for a type without a key. */
function keyOf(type: EntityType, values: readonly Value[]): string | null {
  const parts = keyParts(type);
  if (parts === null) return null;
  const [, ...keys] = columnKeys(type);
  return canonicalKeyText(
    parts.map(({ member }) => values[keys.indexOf(member)] ?? null),
    parts.map((part) => part.type),
  );
}

function checkedValue(
  { blobs }: Work,
  type: EntityType,
  property: Property,
  given: ReadonlyMap<PropertyId, Value>,
): Value {
  const value = given.has(property.id) ? (given.get(property.id) ?? null) : (property.default ?? null);
  return checked(type, property, value, blobs);
}

function text(type: EntityType, name: string, value: Value): string {
  if (typeof value === "string") return value;
  throw new OmnigraphError(
    "value_invalid",
    `${type.name}: ${name} is a text, not ${value === null ? "null" : typeof value}`,
    {
      details: { type_name: type.name, property: name },
    },
  );
}

function keyConflict(type: EntityType, id: string): OmnigraphError {
  const message = `${entityName(type, id)} exists already`;
  const details = problemDetails({ reason: "key_conflict", message, type, id, property: "id", row: -1 });
  return new OmnigraphError("key_conflict", message, { details });
}

/**
 * The new rows as changes: an existing id means that the whole row is replaced. Generated ids are new and are not looked up. New edges wait for their ends, and
 * are no changes yet.
 */
async function changesOf(work: Work, { type, rows, strict }: Drafts): Promise<readonly TypeChanges[]> {
  const keyed = type.key !== null;
  const existing: string[] = [];
  const ordinals: number[] = [];
  if ((keyed || strict.size > 0) && work.view.count(type) > 0) {
    await work.need([needOf(type, { keys: true })]);
    const resident = rowsOf(work.view, type);
    for (const id of keyed ? rows.keys() : strict) {
      const ordinal = resident.find(id);
      if (ordinal < 0) continue;
      if (!keyed) throw keyConflict(type, id);
      existing.push(id);
      ordinals.push(ordinal);
    }
  }
  const replaced = new Set(existing);
  const isNew = [...rows.keys()].filter((id) => !replaced.has(id));
  if (type.kind === "edge") for (const id of isNew.splice(0)) work.edges.add(type, id, rows.get(id) ?? []);
  const after = batchOf(
    type,
    [...existing, ...isNew].map((id) => rows.get(id) ?? []),
  );
  if (after.length === 0) return [];
  if (existing.length === 0) return [{ type: type.id, after, before: EMPTY_BATCH, updated: 0 }];
  await work.need(wholeRows(type));
  const before = rowsOf(work.view, type).gather(ordinals);
  // Also rows that are replaced by equal ones: the insert conflicts with a commit that changes them meanwhile.
  work.matched.push({ type: type.id, rows: before });
  return [{ type: type.id, after, before, updated: existing.length }];
}
