import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import type { Memory } from "./memory-pool.ts";
import { piecesOf } from "./restated.ts";
import type { Piece, SnapshotSource } from "./source.ts";
import type { Tuning } from "./tuning.ts";

/** What all views that derive from one opened snapshot share. */
export class Lineage {
  readonly catalog: Catalog;
  readonly source: SnapshotSource;
  readonly memory: Memory;
  readonly tuning: Tuning;
  readonly #pieces = new Map<TypeId, Promise<readonly Piece[]>>();

  constructor(catalog: Catalog, source: SnapshotSource, memory: Memory, tuning: Tuning) {
    this.catalog = catalog;
    this.source = source;
    this.memory = memory;
    this.tuning = tuning;
  }

  /** The same snapshot under another schema. */
  under(catalog: Catalog): Lineage {
    return new Lineage(catalog, this.source, this.memory, this.tuning);
  }

  /** The pieces of the opened snapshot; after a failure the next call tries again. */
  pieces(type: EntityType): Promise<readonly Piece[]> {
    let pieces = this.#pieces.get(type.id);
    if (pieces === undefined) {
      pieces = piecesOf(this.source, type);
      this.#pieces.set(type.id, pieces);
      pieces.catch(() => this.#pieces.delete(type.id));
    }
    return pieces;
  }
}
