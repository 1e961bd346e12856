import type { EntityType, PropertyId } from "@omnigraph/language";
import {
  type ColumnKey,
  columnSpecs,
  compareBytes,
  constantColumn,
  idColumn,
  idTexts,
  type LayerReader,
  type RowBatch,
  sameBytes,
  take,
  type TextColumn,
  type TypeChanges,
} from "@omnigraph/storage";
import type { TypeBase } from "./base.ts";
import type { Piece } from "./source.ts";

/** The state of one id in a part of history: its row, "deleted", or null where the part does not mention it. */
export type LookupState = RowBatch | "deleted" | null;

const encoder = new TextEncoder();

/** Looks up one id in pieces, the newest first, and reads no more than necessary. */
export async function lookupInPieces(
  type: EntityType,
  pieces: readonly Piece[],
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<RowBatch | null> {
  for (const piece of pieces.toReversed()) {
    const found =
      piece.kind === "changes"
        ? lookupInChanges(type, piece.changes, id, columns)
        : await lookupInLayer(type, piece.reader, id, columns, signal);
    if (found !== null) return found === "deleted" ? null : found;
  }
  return null;
}

/** The newest state of an id in the changes of commits, which are given in order. */
export function lookupInChanges(
  type: EntityType,
  changes: readonly TypeChanges[],
  id: string,
  columns: readonly PropertyId[],
): LookupState {
  const wanted = encoder.encode(id);
  for (const { after, before, updated } of changes.toReversed()) {
    const row = rowOf(after, wanted, 0);
    if (row >= 0) return completeRow(type, after, row, columns);
    if (rowOf(before, wanted, updated) >= 0) return "deleted";
  }
  return null;
}

/** The column keys of a looked-up row: id, ends and the requested columns. */
function keysOf(type: EntityType, columns: readonly PropertyId[]): readonly ColumnKey[] {
  return type.kind === "edge" ? ["id", "src", "dst", ...columns] : ["id", ...columns];
}

async function lookupInLayer(
  type: EntityType,
  layer: LayerReader,
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<LookupState> {
  const keys = othersOf(type, columns);
  const found = layer.entry.rows === 0 ? null : await layer.lookUp(id, keys, signal);
  if (found !== null) return rowOfLayer(type, found.batch, id, columns);
  const tombstones = layer.entry.tombstones === 0 ? null : await layer.tombstones(signal);
  return tombstones !== null && includes(tombstones, encoder.encode(id)) ? "deleted" : null;
}

/** Looks up one id in a base; nothing needs to be resident. */
export async function lookupInBase(
  base: TypeBase,
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<RowBatch | null> {
  const { type, parts } = base;
  let start = parts.total;
  for (const part of parts.parts.toReversed()) {
    start -= part.length;
    if (part.kind === "layer") {
      const found = await part.reader.lookUp(id, othersOf(type, columns), signal);
      if (found !== null && isShown(base, start + found.row))
        return rowOfLayer(type, found.batch, id, columns);
      continue;
    }
    const row = rowOf(part.batch, encoder.encode(id), 0);
    if (row >= 0 && isShown(base, start + row)) return completeRow(type, part.batch, row, columns);
  }
  return null;
}

/** The column keys of a looked-up row without the id, which is known. */
function othersOf(type: EntityType, columns: readonly PropertyId[]): readonly ColumnKey[] {
  return keysOf(type, columns).filter((key) => key !== "id");
}

/** The row that a layer has of a known id. */
function rowOfLayer(type: EntityType, row: RowBatch, id: string, columns: readonly PropertyId[]): RowBatch {
  return complete(type, { length: 1, columns: new Map([...row.columns, ["id", idColumn([id])]]) }, columns);
}

/** Whether a row of the parts is the current image of a live ordinal. */
function isShown(base: TypeBase, row: number): boolean {
  const { rows } = base.parts;
  if (rows === null) return base.isLive(row);
  for (let o = rows.indexOf(row); o >= 0; o = rows.indexOf(row, o + 1)) if (base.isLive(o)) return true;
  return false;
}

/** One row of a batch with exactly the columns asked for. */
export function completeRow(
  type: EntityType,
  batch: RowBatch,
  row: number,
  columns: readonly PropertyId[],
): RowBatch {
  return complete(type, take(batch, [row]), columns);
}

/** The row with exactly the columns asked for, defaults where it lacks them. */
function complete(type: EntityType, batch: RowBatch, columns: readonly PropertyId[]): RowBatch {
  const specs = columnSpecs(type);
  return {
    length: batch.length,
    columns: new Map(
      keysOf(type, columns).map((key) => {
        const { type: columnType, fill } = specs(key);
        return [key, batch.columns.get(key) ?? constantColumn(columnType, fill, batch.length)];
      }),
    ),
  };
}

/** The last row at or after `from` that has an id, or -1. */
function rowOf(batch: RowBatch, id: Uint8Array, from: number): number {
  if (batch.length <= from) return -1;
  const { offsets, bytes } = idTexts(batch, "id");
  for (let i = batch.length - 1; i >= from; i--) {
    const start = offsets[i] ?? 0;
    if ((offsets[i + 1] ?? 0) - start === id.length && sameBytes(bytes, start, id, 0, id.length)) return i;
  }
  return -1;
}

/** Whether an id is among ids sorted by bytes. */
function includes(ids: TextColumn, id: Uint8Array): boolean {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareBytes(
      ids.bytes,
      ids.offsets[middle] ?? 0,
      ids.offsets[middle + 1] ?? 0,
      id,
      0,
      id.length,
    );
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
