import { unreachable } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  columnKeys,
  columnSpecs,
  concat,
  EMPTY_BATCH,
  type LayerReader,
  type RowBatch,
  type TypeChanges,
  idTexts,
} from "@omnigraph/storage";
import type { View } from "../view/view.ts";
import { effective } from "../change-set/change-set.ts";
import { insertAll, mergeRows } from "../write/load/merge-rows.ts";
import { needOf, wholeRows } from "../view/needs.ts";
import { Residency } from "../view/residency.ts";
import { rowsOf } from "../view/rows-of.ts";
import { type Touch, wholeBatch, wholeChanges } from "./touch.ts";

/** The changes of a commit to a type, with both images. `parent` gives the graph before it; it is called only for changes that are in tables. */
export async function typeChanges(
  type: EntityType,
  touch: Touch,
  parent: () => Promise<View>,
  signal?: AbortSignal,
): Promise<TypeChanges> {
  switch (touch.kind) {
    case "rows":
      return wholeChanges(type, touch.changes);
    case "layer":
      return layeredOver(type, touch.reader, await parent(), signal);
    case "replaced":
      return replacedBy(type, touch.reader, await parent(), signal);
    default:
      return unreachable(touch);
  }
}

/** The changes of a layer over the parent's rows: a row whose id the parent has is an update; tombstones of rows that it has are deletions. */
async function layeredOver(
  type: EntityType,
  reader: LayerReader,
  parent: View,
  signal: AbortSignal | undefined,
): Promise<TypeChanges> {
  const rows = reader.entry.rows === 0 ? wholeBatch(type, EMPTY_BATCH) : await allRows(type, reader, signal);
  if (parent.count(type) === 0) return insertAll(type, rows).changes;
  const tombstones = await reader.tombstones(signal);
  const residency = new Residency(signal);
  try {
    await residency.hold(parent, [needOf(type, { keys: true }), ...wholeRows(type)]);
    const resident = rowsOf(parent, type);
    const found = rows.length === 0 ? new Int32Array() : resident.findAll(idTexts(rows, "id"));
    const { changes } = mergeRows(type, rows, found, resident, false);
    const lost =
      tombstones === null ? new Int32Array() : resident.findAll(tombstones).filter((ordinal) => ordinal >= 0);
    const before = concat([changes.before, resident.gather(lost)], columnSpecs(type));
    return effective(type, { ...changes, before }) ?? noChanges(type);
  } finally {
    residency.release();
  }
}

function noChanges(type: EntityType): TypeChanges {
  return { type: type.id, after: EMPTY_BATCH, before: EMPTY_BATCH, updated: 0 };
}

/** The changes of a layer that replaces all rows of a type; equal rows are no change. */
export async function replacedBy(
  type: EntityType,
  reader: LayerReader | null,
  parent: View,
  signal: AbortSignal | undefined,
): Promise<TypeChanges> {
  const rows = reader === null ? wholeBatch(type, EMPTY_BATCH) : await allRows(type, reader, signal);
  if (parent.count(type) === 0) return rows.length === 0 ? noChanges(type) : insertAll(type, rows).changes;
  const residency = new Residency(signal);
  try {
    await residency.hold(parent, [needOf(type, { keys: true }), ...wholeRows(type)]);
    const resident = rowsOf(parent, type);
    const found = resident.findAll(idTexts(rows, "id"));
    return effective(type, mergeRows(type, rows, found, resident, true).changes) ?? noChanges(type);
  } finally {
    residency.release();
  }
}

async function allRows(
  type: EntityType,
  reader: LayerReader,
  signal: AbortSignal | undefined,
): Promise<RowBatch> {
  const columns = await Promise.all(
    columnKeys(type).map(async (key) => [key, await reader.column(key, signal)] as const),
  );
  const held = columns.flatMap(([key, column]) => (column === null ? [] : [[key, column] as const]));
  return wholeBatch(type, { length: reader.entry.rows, columns: new Map(held) });
}
