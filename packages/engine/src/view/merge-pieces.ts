import type { EntityType } from "@omnigraph/language";
import {
  asIdTexts,
  columnSpecs,
  concat,
  IdTable,
  idTexts,
  type TextColumn,
  type TypeChanges,
} from "@omnigraph/storage";
import { type Part, Parts } from "./parts.ts";
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

/** The rows that pieces come to. */
export async function mergePieces(type: EntityType, pieces: readonly Piece[]): Promise<Parts> {
  const specs = columnSpecs(type);
  const parts = pieces.map((piece): Part => {
    if (piece.kind === "layer")
      return { kind: "layer", length: piece.reader.entry.rows, reader: piece.reader };
    const batch = concat(
      piece.changes.map((changes) => changes.after),
      specs,
    );
    return { kind: "batch", length: batch.length, batch };
  });
  if (pieces.every((piece, k) => addsOnly(piece, k === 0))) return new Parts(type, parts, null);
  const ids = await new Parts(type, parts, null).column("id");
  return new Parts(type, parts, await survivingRows(pieces, asIdTexts(ids)));
}

/** Whether a piece only adds new rows. */
function addsOnly(piece: Piece, isFirst: boolean): boolean {
  if (piece.kind === "layer") return isFirst;
  return piece.changes.every((changes) => changes.before.length === 0);
}

/** By ordinal the row of the entity's last image; null when every row is one. Entities are ordered by the row of their first image. */
async function survivingRows(pieces: readonly Piece[], ids: TextColumn): Promise<Uint32Array | null> {
  const images = new LastImages(ids);
  let row = 0;
  for (const piece of pieces) {
    if (piece.kind === "layer") {
      const tombstones = piece.reader.entry.tombstones === 0 ? null : await piece.reader.tombstones();
      if (tombstones !== null) images.deleteAll(tombstones, 0);
      for (const end = row + piece.reader.entry.rows; row < end; row++) images.put(row);
      continue;
    }
    for (const { after, before, updated } of piece.changes) {
      if (before.length > updated) images.deleteAll(idTexts(before, "id"), updated);
      for (const end = row + after.length; row < end; row++) images.put(row);
    }
  }
  return images.finish();
}

const NONE = -1;

class LastImages {
  readonly #table: IdTable;
  /** By the row of an entity's first image the row of its last one. */
  readonly #last: Int32Array;

  constructor(ids: TextColumn) {
    this.#table = new IdTable(ids);
    this.#last = new Int32Array(ids.length).fill(NONE);
  }

  put(row: number): void {
    const first = this.#table.insert(row);
    this.#last[first < 0 ? row : first] = row;
  }

  deleteAll(ids: TextColumn, from: number): void {
    for (let i = from; i < ids.length; i++) {
      const first = this.#table.findBytes(ids.bytes, ids.offsets[i] ?? 0, ids.offsets[i + 1] ?? 0);
      if (first >= 0) this.#last[first] = NONE;
    }
  }

  finish(): Uint32Array | null {
    const survivors = this.#last.filter((row) => row !== NONE);
    const identical = survivors.length === this.#last.length && survivors.every((row, i) => row === i);
    return identical ? null : Uint32Array.from(survivors);
  }
}
