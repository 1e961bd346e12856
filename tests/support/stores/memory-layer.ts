import { atOnce, present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  IdTable,
  idColumn,
  type IdIndex,
  indexing,
  type LayerEntry,
  type LayerReader,
  type LookedUp,
  type PagedColumn,
  plainText,
  type RowBatch,
  sliceColumn,
  take,
  type TextColumn,
  textAt,
} from "@omnigraph/storage";

/** A layer over a batch in memory; counts what is read of it. */
export class MemoryLayer implements LayerReader {
  readonly entry: LayerEntry;
  /** Whole columns read so far. */
  readonly columnsRead: ColumnKey[] = [];
  finds = 0;
  readonly #rows: RowBatch;
  readonly #tombstones: TextColumn | null;

  constructor(type: EntityType, rows: RowBatch, tombstones: readonly string[] = []) {
    this.entry = {
      staging: "memory",
      type: type.id,
      version: 1,
      rows: rows.length,
      tombstones: tombstones.length,
      columns: {},
    };
    this.#rows = rows;
    this.#tombstones = tombstones.length === 0 ? null : idColumn(tombstones.toSorted(byBytes));
  }

  async prepare(): Promise<void> {}

  async column(key: ColumnKey): Promise<Column | null> {
    this.columnsRead.push(key);
    return this.#rows.columns.get(key) ?? null;
  }

  /** Pages of four rows. */
  async paged(key: ColumnKey, above: number): Promise<PagedColumn | null> {
    const column = this.#rows.columns.get(key);
    if (column === undefined || column.length * 4 <= above) return null;
    const page = (n: number): Column => sliceColumn(column, 4 * n, Math.min(4 * n + 4, column.length));
    return { length: column.length, pageBits: 2, page };
  }

  async tombstones(): Promise<TextColumn | null> {
    return this.#tombstones;
  }

  async find(id: string): Promise<number> {
    this.finds++;
    return IdTable.of(this.#ids()).find(id);
  }

  async lookUp(id: string, keys: readonly ColumnKey[]): Promise<LookedUp | null> {
    const row = await this.find(id);
    return row < 0 ? null : { row, batch: await this.take([row], keys) };
  }

  async index(): Promise<IdIndex> {
    return atOnce(indexing(this.#ids()));
  }

  async take(rows: readonly number[], keys: readonly ColumnKey[]): Promise<RowBatch> {
    const taken = take(this.#rows, rows);
    return {
      length: taken.length,
      columns: new Map([...taken.columns].filter(([key]) => keys.includes(key))),
    };
  }

  /** The ids, for assertions. */
  ids(): readonly string[] {
    return Array.from({ length: this.#rows.length }, (_, i) => textAt(this.#ids(), i));
  }

  #ids(): TextColumn {
    const column = present(this.#rows.columns.get("id"), "ids of a layer");
    if (column.kind !== "text" && column.kind !== "dictionary") throw new TypeError("ids are text");
    return plainText(column);
  }
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
