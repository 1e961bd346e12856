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

/** What a part of history says of one id: its row, that it was deleted, or nothing (null). */
export type Sighting = RowBatch | "deleted" | null;

const encoder = new TextEncoder();

/** Looks for one id in pieces, the newest first, reading no more than that takes. */
export async function lookupInPieces(
  type: EntityType,
  pieces: readonly Piece[],
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<RowBatch | null> {
  for (const piece of pieces.toReversed()) {
    const sighting =
      piece.kind === "changes"
        ? sightingInChanges(type, piece.changes, id, columns)
        : await sightingInLayer(type, piece.reader, id, columns, signal);
    if (sighting !== null) return sighting === "deleted" ? null : sighting;
  }
  return null;
}

/** The newest thing that commits, given in order, say of an id. */
export function sightingInChanges(
  type: EntityType,
  changes: readonly TypeChanges[],
  id: string,
  columns: readonly PropertyId[],
): Sighting {
  const wanted = encoder.encode(id);
  for (const { after, before, updated } of changes.toReversed()) {
    const row = rowOf(after, wanted, 0);
    if (row >= 0) return completeRow(type, after, row, columns);
    if (rowOf(before, wanted, updated) >= 0) return "deleted";
  }
  return null;
}

/** The keys of a row that is looked up: ids, ends and the columns asked for. */
function keysOf(type: EntityType, columns: readonly PropertyId[]): readonly ColumnKey[] {
  return type.kind === "edge" ? ["id", "src", "dst", ...columns] : ["id", ...columns];
}

async function sightingInLayer(
  type: EntityType,
  layer: LayerReader,
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<Sighting> {
  const row = layer.entry.rows === 0 ? -1 : await layer.find(id, signal);
  if (row >= 0) return rowOfLayer(type, layer, row, id, columns, signal);
  const tombstones = layer.entry.tombstones === 0 ? null : await layer.tombstones(signal);
  return tombstones !== null && includes(tombstones, encoder.encode(id)) ? "deleted" : null;
}

/** Looks for one id among the rows of a base, which need not be resident. */
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
    const row =
      part.kind === "layer" ? await part.reader.find(id, signal) : rowOf(part.batch, encoder.encode(id), 0);
    if (row < 0 || !isShown(base, start + row)) continue;
    if (part.kind === "batch") return completeRow(type, part.batch, row, columns);
    return rowOfLayer(type, part.reader, row, id, columns, signal);
  }
  return null;
}

/** The row of a layer that has an id: the id itself need not be read again. */
async function rowOfLayer(
  type: EntityType,
  layer: LayerReader,
  row: number,
  id: string,
  columns: readonly PropertyId[],
  signal: AbortSignal | undefined,
): Promise<RowBatch> {
  const others = keysOf(type, columns).filter((key) => key !== "id");
  const taken = await layer.take([row], others, signal);
  return complete(type, { length: 1, columns: new Map([...taken.columns, ["id", idColumn([id])]]) }, columns);
}

/** Whether a row of the parts is the image of a live ordinal. */
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

/** The last of the rows from `from` on that has an id, or -1. */
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
