import type { EntityType } from "@omnigraph/language";
import { idColumn, type TypeChanges } from "@omnigraph/storage";
import { type Pick, pickRows } from "../view/pick-rows.ts";
import type { View } from "../view/view.ts";
import { effective } from "../write/images.ts";
import { needOf, wholeRows } from "../write/needs.ts";
import { Residency } from "../write/residency.ts";
import { rowsOf } from "../write/rows.ts";

/** Up to so many entities are looked up one by one; for more the type is made resident. */
const FEW = 64;

/** What differs between two views among the entities of some ids; null where nothing does. */
export async function changesBetweenViews(
  type: EntityType,
  ids: readonly string[],
  before: View,
  after: View,
  signal?: AbortSignal,
): Promise<TypeChanges | null> {
  const [old, now] = [await rowsById(type, ids, before, signal), await rowsById(type, ids, after, signal)];
  const updates: [Pick, Pick][] = [];
  const inserts: Pick[] = [];
  const deletes: Pick[] = [];
  for (const [i, was] of old.entries()) {
    const is = now[i] ?? null;
    if (was !== null && is !== null) updates.push([was, is]);
    else if (is !== null) inserts.push(is);
    else if (was !== null) deletes.push(was);
  }
  return effective(type, {
    type: type.id,
    after: pickRows(type, [...updates.map(([, is]) => is), ...inserts]),
    before: pickRows(type, [...updates.map(([was]) => was), ...deletes]),
    updated: updates.length,
  });
}

/** The whole rows of some ids, null for one that the view lacks. */
async function rowsById(
  type: EntityType,
  ids: readonly string[],
  view: View,
  signal?: AbortSignal,
): Promise<readonly (Pick | null)[]> {
  if (view.count(type) === 0) return ids.map(() => null);
  if (ids.length <= FEW) {
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

/** The same changes the other way round: what was inserted is deleted, and new rows are the old ones. */
export function inverse({ type, after, before, updated }: TypeChanges): TypeChanges {
  return { type, after: before, before: after, updated };
}
