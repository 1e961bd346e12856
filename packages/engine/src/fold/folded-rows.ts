import { inTurns, Semaphore } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  asIdTexts,
  type Column,
  columnKeys,
  type ColumnKey,
  concatColumns,
  IdTable,
  idTexts,
  idTextsFrom,
  type LayerDraft,
  takeColumn,
  type TextColumn,
} from "@omnigraph/storage";
import { mergeForLayer } from "../view/merge-pieces.ts";
import type { Piece } from "../view/source.ts";

/** Rows of all columns that are read at a time, as each takes a round trip where the store is far away; of large ones one after the other is in memory twice. */
const ROWS_AT_ONCE = 1 << 19;

/**
 * What one layer must hold to stand for neighbouring pieces of a type: their last images, and the ids that they delete from the pieces before them. There is
 * nothing before those that are `first`. Null where nothing is left.
 */
export async function foldedRows(
  type: EntityType,
  pieces: readonly Piece[],
  first: boolean,
  signal?: AbortSignal,
): Promise<LayerDraft | null> {
  const { parts, ids, former } = await mergeForLayer(type, pieces);
  const reading = new Semaphore(Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, parts.total))));
  const columns = await Promise.all(
    columnKeys(type).map((key) =>
      reading.run(async (): Promise<readonly [ColumnKey, Column]> => {
        signal?.throwIfAborted();
        return [key, key === "id" && ids !== null ? await parts.gathered(key, ids) : await parts.column(key)];
      }),
    ),
  );
  const rows = { length: parts.capacity, columns: new Map(columns) };
  const tombstones = first ? null : await deletedIds(pieces, idTexts(rows, "id"), signal);
  if (rows.length === 0 && tombstones === null) return null;
  return { type, rows, tombstones, former };
}

/** Ids that pieces delete and that are not among those of their rows; null where there are none. */
async function deletedIds(
  pieces: readonly Piece[],
  live: TextColumn,
  signal?: AbortSignal,
): Promise<TextColumn | null> {
  const deleted: TextColumn[] = [];
  for (const piece of pieces) {
    if (piece.kind === "layer") {
      const ids = piece.reader.entry.tombstones === 0 ? null : await piece.reader.tombstones();
      if (ids !== null) deleted.push(ids);
      continue;
    }
    for (const { before, updated } of piece.changes)
      if (before.length > updated) deleted.push(idTextsFrom(idTexts(before, "id"), updated));
  }
  if (deleted.length === 0) return null;
  const all = asIdTexts(concatColumns(deleted));
  const found = (await inTurns(IdTable.making(live), signal)).findAll(all);
  const absent = Array.from(found.keys()).filter((i) => found[i] === -1);
  return absent.length === 0 ? null : asIdTexts(takeColumn(all, absent));
}
