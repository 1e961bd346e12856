import { isError, OmnigraphError } from "@omnigraph/base";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column, TextColumn } from "../rows/column.ts";
import { takeColumn } from "../rows/select.ts";
import type { IdIndex } from "./column-file/id-index.ts";
import type { PagedColumn, PageMemory } from "./column-file/pages.ts";
import type { FileSource } from "./column-file/file-source.ts";
import { ColumnFile, type FoundRow } from "./column-file/reader.ts";
import { decodeTombstones } from "./tombstones.ts";
import type { LayerEntry, LayerReader, LookedUp } from "./layer.ts";
import { placeOf } from "../objects/place.ts";

/** The table of a layer, read by whole columns: the fallback for a missing column file. Errors: `table_version_missing`, those of the store. */
export interface LayerTable {
  /** Columns in the order of the rows; null for what the table lacks. */
  columns(keys: readonly ColumnKey[], signal?: AbortSignal): Promise<readonly (Column | null)[]>;
  /** As `columns`, each in parts, which need not be put together. */
  parts(keys: readonly ColumnKey[], signal?: AbortSignal): Promise<readonly (readonly Column[] | null)[]>;
  find(id: string, signal?: AbortSignal): Promise<number>;
  /** What is wrong with the table's own index of a column, given the parts of that; null for nothing. Tables that have no indexes lack this. */
  indexProblem?(key: ColumnKey, parts: readonly Column[], signal?: AbortSignal): Promise<string | null>;
}

/** Keys of the objects of a layer. */
export function layerKeys(entry: Pick<LayerEntry, "staging" | "type">): {
  readonly folder: string;
  readonly cols: string;
  readonly tombstones: string;
  readonly rows: string;
} {
  const folder = `tables/${entry.staging}`;
  const base = `${folder}/${entry.type}`;
  return { folder, cols: `${base}.cols`, tombstones: `${base}.gone`, rows: `${base}.rows` };
}

/** Reads a layer by its column file; once that is found missing or damaged, by its table. */
export class StoredLayer implements LayerReader {
  readonly entry: LayerEntry;
  readonly #source: FileSource;
  readonly #table: LayerTable;
  #file: Promise<ColumnFile | null> | null = null;
  #damaged = false;

  constructor(entry: LayerEntry, source: FileSource, table: LayerTable) {
    this.entry = entry;
    this.#source = source;
    this.#table = table;
  }

  async prepare(signal?: AbortSignal): Promise<void> {
    if (this.#source.isRemote)
      await this.#read(
        async () => undefined,
        async () => undefined,
        signal,
      );
  }

  async column(key: ColumnKey, signal?: AbortSignal): Promise<Column | null> {
    if (!this.#has(key)) return null;
    return this.#read(
      (file) => file.column(key, signal),
      async () => (await this.#table.columns([key], signal))[0] ?? null,
      signal,
    );
  }

  async paged(
    key: ColumnKey,
    above: number,
    memory: PageMemory,
    signal?: AbortSignal,
  ): Promise<PagedColumn | null> {
    if (!this.#has(key)) return null;
    return this.#read(
      async (file) => ((file.columnBytes(key) ?? 0) > above ? file.paged(key, memory) : null),
      async () => null,
      signal,
    );
  }

  async tombstones(signal?: AbortSignal): Promise<TextColumn | null> {
    if (this.entry.tombstones === 0) return null;
    const key = layerKeys(this.entry).tombstones;
    const { store } = this.#source;
    const place = placeOf(store, key);
    const bytes = await store.get(key, signal);
    if (bytes === null) {
      throw new OmnigraphError(
        "table_version_missing",
        `the tombstones ${place} are gone; restore them from a backup`,
        { details: { place } },
      );
    }
    return decodeTombstones(bytes, place);
  }

  find(id: string, signal?: AbortSignal): Promise<number> {
    return this.#read(
      (file) => file.find(id, signal),
      () => this.#table.find(id, signal),
      signal,
    );
  }

  async lookUp(id: string, keys: readonly ColumnKey[], signal?: AbortSignal): Promise<LookedUp | null> {
    const held = keys.filter((key) => this.#has(key));
    const found = await this.#read(
      (file): Promise<FoundRow | null> => file.lookUp(id, held, signal),
      async () => {
        const row = await this.#table.find(id, signal);
        return row < 0 ? null : { row, columns: await this.#takenFromTable([row], held, signal) };
      },
      signal,
    );
    return found === null ? null : { row: found.row, batch: batchOf(1, held, found.columns) };
  }

  index(signal?: AbortSignal): Promise<IdIndex | null> {
    return this.#read(
      (file) => file.index(signal),
      async () => null,
      signal,
    );
  }

  async take(rows: readonly number[], keys: readonly ColumnKey[], signal?: AbortSignal): Promise<RowBatch> {
    const held = keys.filter((key) => this.#has(key));
    const columns = await this.#read(
      (file): Promise<readonly (Column | null)[]> =>
        Promise.all(held.map((key) => file.take(key, rows, signal))),
      () => this.#takenFromTable(rows, held, signal),
      signal,
    );
    return batchOf(rows.length, held, columns);
  }

  async #takenFromTable(
    rows: readonly number[],
    keys: readonly ColumnKey[],
    signal?: AbortSignal,
  ): Promise<readonly (Column | null)[]> {
    const columns = await this.#table.columns(keys, signal);
    return columns.map((column) => (column === null ? null : takeColumn(column, rows)));
  }

  /** Whether the layer may have a column. Entries do not list ids and ends; whether there are ends, only the table tells. */
  #has(key: ColumnKey): boolean {
    return key === "id" || key === "src" || key === "dst" || this.entry.columns[key] !== undefined;
  }

  /** Reads by the column file, or by the table where the file is missing or damaged. Both have the same columns. */
  async #read<T>(
    byFile: (file: ColumnFile) => Promise<T>,
    byTable: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (!this.#damaged) {
      try {
        const file = await this.#opened(signal);
        if (file !== null) return await byFile(file);
      } catch (error) {
        if (!isError(error, "object_corrupt")) throw error;
        this.#damaged = true;
        this.#source.forget(layerKeys(this.entry).cols);
      }
    }
    return byTable();
  }

  async #opened(signal?: AbortSignal): Promise<ColumnFile | null> {
    this.#file ??= this.#open(signal);
    return this.#file;
  }

  async #open(signal?: AbortSignal): Promise<ColumnFile | null> {
    const key = layerKeys(this.entry).cols;
    try {
      const file = await ColumnFile.open(this.#source, key, signal);
      return file?.header.rows === this.entry.rows ? file : null;
    } catch (error) {
      this.#file = null; // a failure of the store is no answer
      throw error;
    }
  }
}

/** The columns that are there. */
function batchOf(length: number, keys: readonly ColumnKey[], columns: readonly (Column | null)[]): RowBatch {
  const found = keys.flatMap((key, i): (readonly [ColumnKey, Column])[] => {
    const column = columns[i];
    return column === null || column === undefined ? [] : [[key, column]];
  });
  return { length, columns: new Map(found) };
}
