import type { EntityType, TypeId } from "@omnigraph/language";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column, TextColumn } from "../rows/column.ts";

/** How a layout names a layer: an immutable Lance table of one type under `tables/<staging>/`, with tombstones. Plain JSON. */
export interface LayerEntry {
  readonly staging: string;
  readonly type: TypeId;
  /** The Lance version that is pinned. */
  readonly version: number;
  readonly rows: number;
  /** How many ids `<type id>.gone` holds: rows that this layer deletes from earlier pieces. */
  readonly tombstones: number;
  /** Physical column of each property: names as of when the table was written. */
  readonly columns: Readonly<Record<string, string>>;
  /** The columns that have an index over all rows, for other engines; absent where there are none. */
  readonly indexes?: readonly ColumnKey[];
}

/** A layer to be staged: rows, and the ids that it deletes from earlier pieces. */
export interface LayerDraft {
  readonly type: EntityType;
  readonly rows: RowBatch;
  readonly tombstones: TextColumn | null;
}

/**
 * A layer opened for reading. Columns come from the derived column file beside the table where there is one (range reads, no Lance), else
 * from Lance at the pinned version: the same values either way. A column that the layer lacks is null.
 */
export interface LayerReader {
  readonly entry: LayerEntry;
  column(key: ColumnKey, signal?: AbortSignal): Promise<Column | null>;
  /** Ids that this layer deletes from earlier pieces, sorted by their bytes; null for none. */
  tombstones(signal?: AbortSignal): Promise<TextColumn | null>;
  /** Row of one id, or -1, by the stored hash index of the column file: a few range reads, whatever the layer's size. */
  find(id: string, signal?: AbortSignal): Promise<number>;
  /** Some rows, without reading whole columns where there is a column file. */
  take(rows: readonly number[], keys: readonly ColumnKey[], signal?: AbortSignal): Promise<RowBatch>;
}

/** What is wrong with a layer. Only `column_file_damaged` harms nobody: it is derived, and readers then use the table. */
export interface LayerProblem {
  readonly kind: "table_missing" | "table_damaged" | "tombstones_damaged" | "column_file_damaged";
  /** Key of the object, or of the folder of the table. */
  readonly key: string;
  readonly problem: string;
}

/** Lance tables of one graph. The only implementation that touches lancedb is beside this file. */
export interface LayerStore {
  /** Writes the table, its tombstones and its column file under `tables/<staging>/`, synced when it returns. */
  stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry>;
  open(entry: LayerEntry): LayerReader;
  /**
   * Gives columns of a published table an index, by a further version with the same rows; answers the entry with that version. Null where someone else has
   * changed the table. Stores whose tables have no indexes lack this.
   */
  index?(entry: LayerEntry, keys: readonly ColumnKey[], signal?: AbortSignal): Promise<LayerEntry | null>;
  /** Everything that is wrong with a layer, as it is found. Each of its files is read once. */
  check(entry: LayerEntry, signal?: AbortSignal): AsyncIterable<LayerProblem>;
}
