import type { EntityType } from "@omnigraph/language";
import { idColumn, type TypeChanges } from "@omnigraph/storage";
import { type RowRef } from "../change-set/picks.ts";
import type { View } from "../view/view.ts";
import { assemble, effective } from "../change-set/change-set.ts";
import { needOf, wholeRows } from "../view/needs.ts";
import { Residency } from "../view/residency.ts";
import { rowsOf } from "../view/rows-of.ts";

/** Up to this many entities are looked up one by one; for more the type is made resident. */
const MAX_LOOKUPS = 64;

/** The changes between two views to the entities with these ids; null where there are none. */
export async function changesBetweenViews(
  type: EntityType,
  ids: readonly string[],
  before: View,
  after: View,
  signal?: AbortSignal,
): Promise<TypeChanges | null> {
  const [old, now] = [await rowsById(type, ids, before, signal), await rowsById(type, ids, after, signal)];
  const entities = old.map((was, i) => ({ before: was, after: now[i] ?? null }));
  return effective(type, assemble(type, entities));
}

/** All changes between two views to the entities of a type; null where there are none. Reads all of them: for when nobody can tell which changed. */
export async function allChangesBetweenViews(
  type: EntityType,
  before: View,
  after: View,
  signal?: AbortSignal,
): Promise<TypeChanges | null> {
  const ids = new Set([...(await idsOf(type, before, signal)), ...(await idsOf(type, after, signal))]);
  return changesBetweenViews(type, [...ids], before, after, signal);
}

async function idsOf(type: EntityType, view: View, signal?: AbortSignal): Promise<readonly string[]> {
  if (view.count(type) === 0) return [];
  const residency = new Residency(signal);
  try {
    await residency.hold(view, [needOf(type, { ids: true })]);
    const rows = rowsOf(view, type);
    return Array.from(rows.liveOrdinals(), (ordinal) => rows.idAt(ordinal));
  } finally {
    residency.release();
  }
}

/** The whole row of each id, null for an id that the view lacks. */
async function rowsById(
  type: EntityType,
  ids: readonly string[],
  view: View,
  signal?: AbortSignal,
): Promise<readonly (RowRef | null)[]> {
  if (view.count(type) === 0) return ids.map(() => null);
  if (ids.length <= MAX_LOOKUPS) {
    const columns = type.properties.map(({ id }) => id);
    const rows = await Promise.all(ids.map((id) => view.lookup(type, id, columns, signal)));
    return rows.map((batch) => (batch === null ? null : { batch, row: 0 }));
  }
  const residency = new Residency(signal);
  try {
    await residency.hold(view, [needOf(type, { keys: true }), ...wholeRows(type)]);
    const resident = rowsOf(view, type);
    const found = resident.findAll(idColumn(ids));
    const batch = resident.gather(found.filter((ordinal) => ordinal >= 0));
    let row = 0;
    return Array.from(found, (ordinal) => (ordinal < 0 ? null : { batch, row: row++ }));
  } finally {
    residency.release();
  }
}
