import { inTurns, present, type Steps } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  asIdTexts,
  columnSpecs,
  concat,
  concatenating,
  type FormerIndex,
  idColumn,
  idTexts,
  IndexedIds,
  type TextColumn,
  type TypeChanges,
} from "@omnigraph/storage";
import { LastImages } from "./last-images.ts";
import { type Part, Parts, readPart } from "./parts.ts";
import type { Piece } from "./source.ts";
import { overlayLimit, type Tuning } from "./tuning.ts";

/** The opened pieces of a snapshot: the rows of the base, and later commits that are small enough for an overlay. */
export interface Opened {
  readonly parts: Parts;
  readonly after: readonly TypeChanges[];
}

/** Splits the pieces of a type into base and overlay. Reads ids only where pieces may change the same rows. */
export async function openPieces(
  type: EntityType,
  pieces: readonly Piece[],
  tuning: Tuning,
): Promise<Opened> {
  const lastLayer = pieces.findLastIndex((piece) => piece.kind === "layer");
  const after = pieces
    .slice(lastLayer + 1)
    .flatMap((piece) => (piece.kind === "changes" ? piece.changes : []));
  const few =
    after.reduce((sum, changes) => sum + changedRows(changes), 0) <= overlayLimit(layerRows(pieces), tuning);
  if (lastLayer >= 0 && few) return { parts: await mergePieces(type, pieces.slice(0, lastLayer + 1)), after };
  return { parts: await mergePieces(type, pieces), after: [] };
}

function changedRows(changes: TypeChanges): number {
  return changes.after.length + changes.before.length - changes.updated;
}

function layerRows(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (piece.kind === "layer" ? piece.reader.entry.rows : 0), 0);
}

/** The rows that pieces come to, and what was read to find that out. */
export interface MergedPieces {
  readonly parts: Parts;
  /** The ids of each part that has rows; null where they were not needed. */
  readonly ids: readonly TextColumn[] | null;
  /** The index of the first layer, where most ids come from it. */
  readonly former: FormerIndex | null;
}

/** The rows that pieces come to. */
export async function mergePieces(type: EntityType, pieces: readonly Piece[]): Promise<Parts> {
  const parts = partsOf(type, pieces);
  if (pieces.every((piece, k) => addsOnly(piece, k === 0))) return new Parts(type, parts, null);
  return (await merge(type, pieces, parts)).parts;
}

/** As `mergePieces`, with what a layer of these rows can take over. */
export async function mergeForLayer(type: EntityType, pieces: readonly Piece[]): Promise<MergedPieces> {
  const parts = partsOf(type, pieces);
  if (!pieces.every((piece, k) => addsOnly(piece, k === 0))) return merge(type, pieces, parts);
  const [first] = pieces;
  const index = first?.kind === "layer" ? await first.reader.index() : null;
  const former = index === null ? null : { index, gone: new Uint32Array(0) };
  return { parts: new Parts(type, parts, null), ids: null, former };
}

function partsOf(type: EntityType, pieces: readonly Piece[]): readonly Part[] {
  const specs = columnSpecs(type);
  return pieces.map((piece): Part => {
    if (piece.kind === "layer")
      return { kind: "layer", length: piece.reader.entry.rows, reader: piece.reader };
    const batch = concat(
      piece.changes.map((changes) => changes.after),
      specs,
    );
    return { kind: "batch", length: batch.length, batch };
  });
}

/** Whether a piece only adds new rows. */
function addsOnly(piece: Piece, isFirst: boolean): boolean {
  if (piece.kind === "layer") return isFirst;
  return piece.changes.every((changes) => changes.before.length === 0);
}

/** Entities are ordered by the row of their first image. */
async function merge(
  type: EntityType,
  pieces: readonly Piece[],
  parts: readonly Part[],
): Promise<MergedPieces> {
  const [first, ...rest] = pieces;
  const isBased = first?.kind === "layer" && first.reader.entry.rows > 0;
  const [index, ids, deleted] = await Promise.all([
    isBased ? first.reader.index() : null,
    Promise.all(parts.filter(({ length }) => length > 0).map(readIds)),
    Promise.all(pieces.map(tombstonesOf)),
  ]);
  const [baseIds, ...laterIds] = ids;
  // The ids of the first layer are not hashed where it has an index.
  const base = index === null || baseIds === undefined ? null : new IndexedIds(baseIds, index);
  const later = await inTurns(concatenatingIds(base === null ? ids : laterIds));
  const images = new LastImages(base, later);
  await inTurns(
    base === null ? replaying(images, pieces, deleted) : replaying(images, rest, deleted.slice(1)),
  );
  const rows = await inTurns(images.finishing());
  const former = index === null ? null : { index, gone: images.gone() };
  return { parts: new Parts(type, parts, rows), ids: ids.length === 0 ? null : ids, former };
}

async function readIds(part: Part): Promise<TextColumn> {
  return asIdTexts(present(await readPart(part, "id"), "ids of rows"));
}

async function tombstonesOf(piece: Piece): Promise<TextColumn | null> {
  return piece.kind === "layer" && piece.reader.entry.tombstones > 0 ? piece.reader.tombstones() : null;
}

function* concatenatingIds(ids: readonly TextColumn[]): Steps<TextColumn> {
  return ids.length === 0 ? idColumn([]) : asIdTexts(yield* concatenating(ids));
}

function* replaying(
  images: LastImages,
  pieces: readonly Piece[],
  deleted: readonly (TextColumn | null)[],
): Steps<void> {
  for (const [k, piece] of pieces.entries()) {
    const tombstones = deleted[k] ?? null;
    if (tombstones !== null) yield* images.deleting(tombstones, 0);
    if (piece.kind === "layer") {
      yield* images.putting(piece.reader.entry.rows);
      continue;
    }
    for (const { after, before, updated } of piece.changes) {
      if (before.length > updated) yield* images.deleting(idTexts(before, "id"), updated);
      yield* images.putting(after.length);
    }
  }
}
