import { atOnce, present, ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import type { Catalog, EntityType, NodeType, TypeId } from "@omnigraph/language";
import { IdTable, idTexts, idTextsFrom, type TextColumn, type TypeChanges } from "@omnigraph/storage";
import type { ChangeSet } from "@omnigraph/storage";
import type { View } from "../../view/view.ts";

/** Changes that may become a commit, and the view that they were evaluated on. Constraints are checked on the two together. */
export class Candidate {
  readonly view: View;
  readonly changes: ChangeSet;
  private readonly byType: ReadonlyMap<TypeId, TypeChanges>;
  private readonly written: Map<TypeId, IdTable>;
  private readonly deleted = new Map<TypeId, IdTable>();

  /** `written`: rows of `after` by id, of types for which they are known. */
  constructor(view: View, changes: ChangeSet, written: ReadonlyMap<TypeId, IdTable> = new Map()) {
    this.written = new Map(written);
    this.view = view;
    this.changes = changes;
    this.byType = new Map(changes.map((change) => [change.type, change]));
  }

  get catalog(): Catalog {
    return this.view.catalog;
  }

  typeOf(changes: TypeChanges): EntityType {
    return present(this.catalog.typeById.get(changes.type), `type ${changes.type}`);
  }

  of(type: EntityType): TypeChanges | null {
    return this.byType.get(type.id) ?? null;
  }

  /** Rows of `after` by id, or null if the type has none. */
  writtenIds(type: EntityType): IdTable | null {
    return atOnce(this.indexingWritten(type));
  }

  /** Ids of the deleted entities, or null if there are none. */
  deletedIds(type: EntityType): IdTable | null {
    const changes = this.of(type);
    if (changes === null || changes.before.length === changes.updated) return null;
    return cached(this.deleted, type.id, () =>
      IdTable.of(idTextsFrom(idTexts(changes.before, "id"), changes.updated)),
    );
  }

  /** For each id of a column, whether that node exists after the write. */
  exist(type: NodeType, ids: TextColumn): Uint8Array {
    return atOnce(this.existing(type, ids));
  }

  /** As `exist`, in steps. */
  *existing(type: NodeType, ids: TextColumn): Steps<Uint8Array> {
    const exists = new Uint8Array(ids.length);
    const written = yield* foundIn(yield* this.indexingWritten(type), ids);
    const deleted = yield* foundIn(this.deletedIds(type), ids);
    let missing = 0;
    yield* ranges(ids.length, STEP_ROWS, (from, to) => {
      for (let row = from; row < to; row++) {
        if (written !== null && written[row]! >= 0) exists[row] = 1;
        else if (deleted === null || deleted[row]! < 0) missing++;
      }
    });
    if (missing === 0 || this.view.count(type) === 0) return exists;
    const found = this.view.nodes(type).findAll(ids);
    for (let row = 0; row < ids.length; row++) {
      if (found[row]! >= 0 && (deleted === null || deleted[row]! < 0)) exists[row] = 1;
    }
    return exists;
  }

  /** As `writtenIds`, in steps. */
  *indexingWritten(type: EntityType): Steps<IdTable | null> {
    const after = this.of(type)?.after;
    if (after === undefined || after.length === 0) return null;
    const there = this.written.get(type.id);
    if (there !== undefined) return there;
    const table = yield* IdTable.making(idTexts(after, "id"));
    this.written.set(type.id, table);
    return table;
  }
}

function* foundIn(table: IdTable | null, ids: TextColumn): Steps<Int32Array | null> {
  return table === null ? null : yield* table.finding(ids);
}

function cached<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
