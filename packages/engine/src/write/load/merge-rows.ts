import type { EntityType } from "@omnigraph/language";
import {
  concat,
  columnSpecs,
  EMPTY_BATCH,
  type IdTable,
  take,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import type { Rows } from "../../view/view.ts";

/** Changes of one type and, for each row of `after`, the row of the file that it came from (null: both have the same order). */
export interface PlacedChanges {
  readonly changes: TypeChanges;
  readonly origin: Uint32Array | null;
  /** The rows of `after` by id, where a table was made of them. */
  readonly ids: IdTable | null;
}

/** Every row is new. */
export function insertAll(type: EntityType, rows: RowBatch, ids: IdTable | null = null): PlacedChanges {
  return { changes: { type: type.id, after: rows, before: EMPTY_BATCH, updated: 0 }, origin: null, ids };
}

/**
 * Changes that write the rows of a file over those of the view. `found` has for each row of the file the ordinal of the entity with its id, or -1. Entities
 * that are not in the file stay, or are deleted if `replace` is set. All columns of the type must be resident.
 */
export function mergeRows(
  type: EntityType,
  rows: RowBatch,
  found: Int32Array,
  resident: Rows,
  replace: boolean,
): PlacedChanges {
  const updates: number[] = [];
  const inserts: number[] = [];
  for (let row = 0; row < found.length; row++) (found[row]! >= 0 ? updates : inserts).push(row);
  const kept = resident.gather(Uint32Array.from(updates, (row) => found[row]!));
  const before = replace ? concat([kept, resident.gather(others(resident, found))], columnSpecs(type)) : kept;
  const origin = Uint32Array.from([...updates, ...inserts]);
  const after = updates.length === 0 ? rows : take(rows, origin);
  return {
    changes: { type: type.id, after, before, updated: updates.length },
    origin: updates.length === 0 ? null : origin,
    ids: null,
  };
}

/** Ordinals of the live entities that are not in `found`. */
function others(resident: Rows, found: Int32Array): Uint32Array {
  const named = new Uint8Array(resident.capacity);
  for (const ordinal of found) if (ordinal >= 0) named[ordinal] = 1;
  return resident.liveOrdinals().filter((ordinal) => named[ordinal] === 0);
}
