import {
  idColumn,
  IdTable,
  idTexts,
  idTextsFrom,
  textAt,
  type TextColumn,
  type TypeChanges,
} from "@omnigraph/storage";
import type { RowRef } from "../change-set/picks.ts";

/** Ids of rows. The hash table is built on the first look-up: without conflicts only one side needs one. */
class Ids {
  readonly texts: TextColumn;
  #table: IdTable | null = null;

  constructor(texts: TextColumn) {
    this.texts = texts;
  }

  /** The row of an id, or -1. */
  find(id: string): number {
    return this.#made()?.find(id) ?? -1;
  }

  /** As `find` for each text of a column; null where there are no rows. */
  findAll(texts: TextColumn): Int32Array | null {
    return this.#made()?.findAll(texts) ?? null;
  }

  #made(): IdTable | null {
    if (this.texts.length === 0) return null;
    this.#table ??= IdTable.of(this.texts);
    return this.#table;
  }
}

/**
 * The changes of one side of a merge to the entities of a type since the base, by id. Entries are the rows of `after`, then the deleted rows of
 * `before`.
 */
export class SideChanges {
  readonly changes: TypeChanges;
  /** Number of entries. */
  readonly length: number;
  readonly #written: Ids;
  readonly #deleted: Ids;

  constructor(changes: TypeChanges) {
    const { after, before, updated } = changes;
    this.changes = changes;
    this.length = after.length + before.length - updated;
    this.#written = new Ids(after.length === 0 ? NO_TEXTS : idTexts(after, "id"));
    this.#deleted = new Ids(
      before.length === updated ? NO_TEXTS : idTextsFrom(idTexts(before, "id"), updated),
    );
  }

  /** The entry of an id, or -1. */
  find(id: string): number {
    const row = this.#written.find(id);
    return row >= 0 ? row : this.#deletedEntry(this.#deleted.find(id));
  }

  /** For each entry of another side the entry here of the same id, or -1. */
  findAll(other: SideChanges): Int32Array {
    const found = new Int32Array(other.length).fill(-1);
    let start = 0;
    for (const { texts } of [other.#written, other.#deleted]) {
      const written = this.#written.findAll(texts);
      const deleted = this.#deleted.findAll(texts);
      for (let row = 0; row < texts.length; row++) {
        const entry = written?.[row] ?? -1;
        found[start + row] = entry >= 0 ? entry : this.#deletedEntry(deleted?.[row] ?? -1);
      }
      start += texts.length;
    }
    return found;
  }

  idAt(entry: number): string {
    const { length } = this.changes.after;
    return entry < length ? textAt(this.#written.texts, entry) : textAt(this.#deleted.texts, entry - length);
  }

  *ids(): Iterable<string> {
    for (let entry = 0; entry < this.length; entry++) yield this.idAt(entry);
  }

  /** The images of an entity at the base and on this side; null where the side did not change it. */
  imagesOf(id: string): { readonly base: RowRef | null; readonly image: RowRef | null } | null {
    const entry = this.find(id);
    return entry < 0 ? null : { base: this.baseAt(entry), image: this.imageAt(entry) };
  }

  /** The image at the base, null where the side inserted the entity. */
  baseAt(entry: number): RowRef | null {
    const { after, before, updated } = this.changes;
    if (entry < updated) return { batch: before, row: entry };
    return entry < after.length ? null : { batch: before, row: updated + entry - after.length };
  }

  /** The image on this side, null where it deleted the entity. */
  imageAt(entry: number): RowRef | null {
    const { after } = this.changes;
    return entry < after.length ? { batch: after, row: entry } : null;
  }

  #deletedEntry(row: number): number {
    return row < 0 ? -1 : this.changes.after.length + row;
  }
}

const NO_TEXTS = idColumn([]);
