import type { EntityType, TypeId } from "@omnigraph/language";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column, TextColumn } from "../rows/column.ts";
import type { StagedBlobs } from "../blobs/stage.ts";
import type { FormerIndex, IdIndex } from "./column-file/id-index.ts";
import type { PagedColumn, PageMemory } from "./column-file/pages.ts";

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
  /** How much content `<type id>.blobs` lists: what its rows name that lies beside the tables. Absent where they name none. */
  readonly blobs?: number;
  /** The columns that have an index over all rows, for other engines; absent where there are none. */
  readonly indexes?: readonly ColumnKey[];
}

/** A layer to be staged: rows, and the ids that it deletes from earlier pieces. */
export interface LayerDraft {
  readonly type: EntityType;
  readonly rows: RowBatch;
  readonly tombstones: TextColumn | null;
  /** The index of the layer that the first rows come from, so that theirs need not be made anew; null where there is none. Default: null. */
  readonly former?: FormerIndex | null;
  /** Content that the rows name; absent where they name none. */
  readonly blobs?: StagedBlobs;
}

/** A row of a layer. */
export interface LookedUp {
  readonly row: number;
  /** That row alone. */
  readonly batch: RowBatch;
}

/**
 * A layer opened for reading. Columns come from the derived column file beside the table where there is one (range reads, no Lance), else
 * from Lance at the pinned version: the same values either way. A column that the layer lacks is null.
 */
export interface LayerReader {
  readonly entry: LayerEntry;
  /** Reads what all other calls need first, where that takes a round trip: it can be done while something else is awaited. */
  prepare(signal?: AbortSignal): Promise<void>;
  column(key: ColumnKey, signal?: AbortSignal): Promise<Column | null>;
  /**
   * A column that takes more than `above` bytes, to be read by pages, from a store that is not on this machine by those of a copy. Null for a smaller one, and
   * where it can only be read whole: without a column file.
   */
  paged(key: ColumnKey, above: number, memory: PageMemory, signal?: AbortSignal): Promise<PagedColumn | null>;
  /** Ids that this layer deletes from earlier pieces, sorted by their bytes; null for none. */
  tombstones(signal?: AbortSignal): Promise<TextColumn | null>;
  /** Row of one id, or -1, by the stored hash index of the column file: a few range reads, whatever the layer's size. */
  find(id: string, signal?: AbortSignal): Promise<number>;
  /** Some columns of the row of one id, those that the layer has; null where there is no such row. Takes fewer round trips than `find` and `take`. */
  lookUp(id: string, keys: readonly ColumnKey[], signal?: AbortSignal): Promise<LookedUp | null>;
  /** That hash index as a whole; null where it is missing or damaged. */
  index(signal?: AbortSignal): Promise<IdIndex | null>;
  /** Some rows, without reading whole columns where there is a column file. */
  take(rows: readonly number[], keys: readonly ColumnKey[], signal?: AbortSignal): Promise<RowBatch>;
}

/**
 * How the newest version of a table compares with the one that is pinned: `maintenance` has the same rows in other files, `missing` means that the pinned one
 * is gone, `unknown` that one of them cannot be read.
 */
export type DriftKind = "no_drift" | "maintenance" | "rows_changed" | "missing" | "unknown";

/** What others have done to the table of a layer. Readers use the pinned version, whatever they did. */
export interface LayerDrift {
  readonly kind: DriftKind;
  /** The newest version; null where there is no table. */
  readonly head: number | null;
  /** Ids of the rows that only the newest version has, that only the pinned one has, and that differ. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** The rows that were added or changed, as the newest version has them; null where there are none. */
  readonly rows: RowBatch | null;
  /** For each of these rows the columns in which it differs from the pinned version: all but the id for one that was added. */
  readonly rowKeys: readonly (readonly ColumnKey[])[];
  /** Columns that were added or dropped, by name. */
  readonly columns: readonly string[];
  /** Why it is missing or unknown. */
  readonly problem: string | null;
}

/**
 * What is wrong with a layer. `column_file_damaged` and `index_damaged` lose nothing: both are derived, and readers then use the table, and the column file.
 */
export interface LayerProblem {
  readonly kind:
    | "table_missing"
    | "table_damaged"
    | "tombstones_damaged"
    | "blob_damaged"
    | "column_file_damaged"
    | "index_damaged";
  /** Key of the object, or of the folder of the table. */
  readonly key: string;
  readonly problem: string;
}

/** Lance tables of one graph. The only implementation that touches lancedb is beside this file. */
export interface LayerStore {
  /** Writes the table, its tombstones, its column file and its blobs under `tables/<staging>/`, synced when it returns. */
  stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry>;
  open(entry: LayerEntry): LayerReader;
  /**
   * Gives columns of a published table an index, by a further version with the same rows; answers the entry with that version. Null where someone else has
   * changed the table. Stores whose tables have no indexes lack this.
   */
  index?(entry: LayerEntry, keys: readonly ColumnKey[], signal?: AbortSignal): Promise<LayerEntry | null>;
  /** Everything that is wrong with a layer, as it is found. Each of its files is read once; `content` remembers what was found of the content that several layers name. */
  check(
    entry: LayerEntry,
    signal?: AbortSignal,
    content?: Map<string, string | null>,
  ): AsyncIterable<LayerProblem>;
  /** What others have done to the table of a layer since it was written. */
  drift(entry: LayerEntry, signal?: AbortSignal): Promise<LayerDrift>;
  /** Writes the column file again from the table. Errors: `table_version_missing`, `object_corrupt`, failures of the store. */
  rebuild(entry: LayerEntry, signal?: AbortSignal): Promise<void>;
}
