import type { Steps } from "@omnigraph/base";
import {
  asIdTexts,
  type BlobContents,
  type Column,
  type ColumnKey,
  concatenating,
  encodingDictionary,
  type IdIndex,
  isNull,
  type RowBatch,
  TextBuilder,
  type TextColumn,
} from "@omnigraph/storage";
import { storedBlobs } from "../blob.ts";
import type { IdMinter } from "../generated-ids.ts";
import type { TypePlan } from "./plan.ts";
import type { ReadThreads } from "./read-threads.ts";
import { identityOf, type RowPiece } from "./row-sink.ts";

/** The rows of one type in a file, in the order of its lines. */
export interface LoadedRows {
  readonly plan: TypePlan;
  readonly rows: RowBatch;
  readonly ids: TextColumn;
  /** Line of each row, counted from one. */
  readonly lines: Uint32Array;
  /** True if all ids were generated (no key, no id in any line): new ids need no look-up. */
  readonly idsGenerated: boolean;
  /** The index of the ids, where a thread is making it; it may turn out null. */
  readonly index: Promise<IdIndex | null> | null;
}

/** Generated ids from this number on are indexed in a thread, where there is one, while the load is checked. */
const INDEXED_ROWS = 100_000;

/**
 * The pieces of one type, at least one, put together in steps, with ids for the rows that have none. Each column of the pieces is let go once it is put
 * together, and large content of Blobs goes apart.
 */
export function* assembling(
  plan: TypePlan,
  pieces: readonly RowPiece[],
  minter: IdMinter,
  contents: BlobContents,
  threads: ReadThreads | null,
): Steps<LoadedRows> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const idsGenerated = pieces.every((piece) => piece.ids === null);
  const isIndexed = idsGenerated && length >= INDEXED_ROWS;
  const index = isIndexed ? (threads?.index(minter.peek(), length) ?? null) : null;
  const ids = yield* idsOf(pieces, minter);
  const columns = new Map<ColumnKey, Column>([["id", ids]]);
  const identity = identityOf(plan);
  if (plan.type.kind === "edge") {
    columns.set("src", yield* columnOfPieces("src", pieces));
    columns.set("dst", yield* columnOfPieces("dst", pieces));
  }
  if (identity.kind === "text_key") columns.set(identity.slot.property.id, ids);
  for (const { property } of plan.slots) {
    if (columns.has(property.id)) continue;
    const given = yield* columnOfPieces(property.id, pieces);
    const column = property.type.scalar === "Blob" ? yield* storedBlobs(given, contents) : given;
    columns.set(
      property.id,
      column.kind === "text" ? ((yield* encodingDictionary(column)) ?? column) : column,
    );
    yield;
  }
  return {
    plan,
    rows: { length, columns },
    ids,
    lines: linesOf(pieces),
    idsGenerated,
    index,
  };
}

function* columnOfPieces(key: ColumnKey, pieces: readonly RowPiece[]): Steps<Column> {
  const parts: Column[] = [];
  for (const { columns } of pieces) {
    const part = columns.get(key);
    if (part !== undefined) parts.push(part);
    columns.delete(key);
  }
  return yield* concatenating(parts);
}

function* idsOf(pieces: readonly RowPiece[], minter: IdMinter): Steps<TextColumn> {
  const given = pieces.flatMap(({ ids }) => (ids === null || ids.validity !== null ? [] : [ids]));
  if (given.length === pieces.length) return yield* concatenatingIds(given);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (pieces.every(({ ids }) => ids === null)) return yield* minter.minting(length);
  const builder = new TextBuilder(length);
  for (const { ids, length: rows } of pieces) {
    for (let row = 0; row < rows; row++) {
      if (ids === null || isNull(ids, row)) minter.appendTo(builder);
      else builder.appendBytes(ids.bytes, ids.offsets[row] ?? 0, ids.offsets[row + 1] ?? 0);
    }
    yield;
  }
  return yield* builder.finishingText();
}

function* concatenatingIds(parts: readonly TextColumn[]): Steps<TextColumn> {
  const ids = yield* concatenating(parts);
  return asIdTexts(ids);
}

function linesOf(pieces: readonly RowPiece[]): Uint32Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only.lines;
  const lines = new Uint32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    lines.set(piece.lines, at);
    at += piece.length;
  }
  return lines;
}
