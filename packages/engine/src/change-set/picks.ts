import type { EntityType } from "@omnigraph/language";
import {
  columnIn,
  type ColumnKey,
  columnKeys,
  columnSpecs,
  concat,
  EMPTY_BATCH,
  equalAt,
  type RowBatch,
  take,
} from "@omnigraph/storage";

/** One row of a batch: an image of an entity, without a copy. */
export interface RowRef {
  readonly batch: RowBatch;
  readonly row: number;
}

/** Rows of many batches as one batch, in the order given. */
export function pickRows(type: EntityType, picks: readonly RowRef[]): RowBatch {
  if (picks.length === 0) return EMPTY_BATCH;
  const starts = new Map<RowBatch, number>();
  const rows = new Uint32Array(picks.length);
  let length = 0;
  for (const [k, { batch, row }] of picks.entries()) {
    let start = starts.get(batch);
    if (start === undefined) {
      start = length;
      starts.set(batch, start);
      length += batch.length;
    }
    rows[k] = start + row;
  }
  return take(concat([...starts.keys()], columnSpecs(type)), rows);
}

/** Whether two rows of a type are equal in every column; null equals null. */
export function sameRow(type: EntityType, a: RowRef | null, b: RowRef | null): boolean {
  if (a === null || b === null) return a === b;
  return columnKeys(type).every((key) => sameCell(key, a, b));
}

/** Whether two rows are equal in one column. */
export function sameCell(key: ColumnKey, a: RowRef, b: RowRef): boolean {
  return equalAt(columnIn(a.batch, key), a.row, columnIn(b.batch, key), b.row);
}
