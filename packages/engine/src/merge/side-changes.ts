import { present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type ColumnKey,
  columnKeys,
  equalAt,
  IdTable,
  type TextColumn,
  textAt,
  type TypeChanges,
} from "@omnigraph/storage";
import type { Pick } from "../view/pick-rows.ts";
import { textColumn } from "../write/constraints/candidate.ts";

/**
 * What one side of a merge made of the entities of a type since the base, by id. Entries are the rows of `after`, then the rows of `before` that were
 * deleted.
 */
export class SideChanges {
  readonly changes: TypeChanges;
  /** Entries. */
  readonly length: number;
  readonly #written: IdTable | null;
  readonly #deleted: IdTable | null;

  constructor(changes: TypeChanges) {
    const { after, before, updated } = changes;
    this.changes = changes;
    this.length = after.length + before.length - updated;
    this.#written = after.length === 0 ? null : IdTable.of(textColumn(after, "id"));
    this.#deleted = before.length === updated ? null : IdTable.of(from(textColumn(before, "id"), updated));
  }

  /** The entry of an id, or -1. */
  find(id: string): number {
    const row = this.#written?.find(id) ?? -1;
    return row >= 0 ? row : this.#deletedEntry(this.#deleted?.find(id) ?? -1);
  }

  /** For each entry of another side the entry here of the same id, or -1. */
  findAll(other: SideChanges): Int32Array {
    const found = new Int32Array(other.length).fill(-1);
    let start = 0;
    for (const table of [other.#written, other.#deleted]) {
      if (table === null) continue;
      const written = this.#written?.findAll(table.ids);
      const deleted = this.#deleted?.findAll(table.ids);
      for (let row = 0; row < table.ids.length; row++) {
        const entry = written?.[row] ?? -1;
        found[start + row] = entry >= 0 ? entry : this.#deletedEntry(deleted?.[row] ?? -1);
      }
      start += table.ids.length;
    }
    return found;
  }

  idAt(entry: number): string {
    const { length } = this.changes.after;
    return entry < length
      ? textAt(present(this.#written, "written ids").ids, entry)
      : textAt(present(this.#deleted, "deleted ids").ids, entry - length);
  }

  *ids(): Iterable<string> {
    for (let entry = 0; entry < this.length; entry++) yield this.idAt(entry);
  }

  /** What became of an entity, or null where the side left it alone. */
  fateOf(id: string): { readonly base: Pick | null; readonly image: Pick | null } | null {
    const entry = this.find(id);
    return entry < 0 ? null : { base: this.baseAt(entry), image: this.imageAt(entry) };
  }

  /** The image at the base, null where the side inserted the entity. */
  baseAt(entry: number): Pick | null {
    const { after, before, updated } = this.changes;
    if (entry < updated) return { batch: before, row: entry };
    return entry < after.length ? null : { batch: before, row: updated + entry - after.length };
  }

  /** The image on this side, null where it deleted the entity. */
  imageAt(entry: number): Pick | null {
    const { after } = this.changes;
    return entry < after.length ? { batch: after, row: entry } : null;
  }

  #deletedEntry(row: number): number {
    return row < 0 ? -1 : this.changes.after.length + row;
  }
}

/** Whether two images hold the same; absent ones are equal. */
export function sameImage(type: EntityType, a: Pick | null, b: Pick | null): boolean {
  if (a === null || b === null) return a === b;
  return columnKeys(type).every((key) => sameCell(key, a, b));
}

export function sameCell(key: ColumnKey, a: Pick, b: Pick): boolean {
  const left = present(a.batch.columns.get(key), `column ${key}`);
  const right = present(b.batch.columns.get(key), `column ${key}`);
  return equalAt(left, a.row, right, b.row);
}

/** Ids from a row on. */
function from(ids: TextColumn, start: number): TextColumn {
  return start === 0 ? ids : { ...ids, length: ids.length - start, offsets: ids.offsets.subarray(start) };
}
