import { atOnce, inTurns, ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
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
  const deleted = await Promise.all(
    pieces.map(async (piece) =>
      piece.kind === "layer" && piece.reader.entry.tombstones > 0 ? piece.reader.tombstones() : null,
    ),
  );
  const steps = surviving(pieces, deleted, ids);
  return ids.length <= STEP_ROWS ? atOnce(steps) : inTurns(steps);
}

function* surviving(
  pieces: readonly Piece[],
  deleted: readonly (TextColumn | null)[],
  ids: TextColumn,
): Steps<Uint32Array | null> {
  const images = new LastImages(ids);
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
  return yield* images.finishing();
}

const NONE = -1;

class LastImages {
  readonly #table: IdTable;
  /** By row that of the first image of its entity. */
  readonly #firsts: Int32Array;
  /** By the row of an entity's first image the row of its last one. */
  readonly #last: Int32Array;
  #row = 0;

  constructor(ids: TextColumn) {
    this.#table = new IdTable(ids);
    this.#firsts = new Int32Array(ids.length);
    this.#last = new Int32Array(ids.length).fill(NONE);
  }

  /** Goes over the next rows: each is now the last image of its entity. */
  *putting(rows: number): Steps<void> {
    const before = this.#row;
    this.#row += rows;
    yield* ranges(rows, STEP_ROWS, (from, to) => {
      this.#table.insertRange(before + from, before + to, this.#firsts);
      for (let row = before + from; row < before + to; row++) this.#last[this.#firsts[row] ?? 0] = row;
    });
  }

  *deleting(ids: TextColumn, first: number): Steps<void> {
    yield* ranges(ids.length - first, STEP_ROWS, (from, to) => {
      for (let i = first + from; i < first + to; i++) {
        const found = this.#table.findBytes(ids.bytes, ids.offsets[i] ?? 0, ids.offsets[i + 1] ?? 0);
        if (found >= 0) this.#last[found] = NONE;
      }
    });
  }

  *finishing(): Steps<Uint32Array | null> {
    const last = this.#last;
    const survivors = new Uint32Array(last.length);
    let count = 0;
    let identical = true;
    yield* ranges(last.length, 4 * STEP_ROWS, (from, to) => {
      for (let ordinal = from; ordinal < to; ordinal++) {
        const row = last[ordinal] ?? NONE;
        identical &&= row === ordinal;
        if (row !== NONE) survivors[count++] = row;
      }
    });
    return identical ? null : survivors.subarray(0, count);
  }
}
