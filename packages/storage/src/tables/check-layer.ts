import { inTurns, isError, type OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import type { ColumnKey } from "../rows/batch.ts";
import { bytesOf, columnBuffers } from "../rows/format/buffers.ts";
import { MAX_BYTES } from "../rows/growing.ts";
import type { Column } from "../rows/column.ts";
import { asIdTexts } from "../rows/id-texts.ts";
import { compareAt } from "../rows/order.ts";
import { findingDifference } from "../rows/first-difference.ts";
import { ColumnFile } from "./column-file/reader.ts";
import { indexing } from "./column-file/id-index.ts";
import type { LayerEntry, LayerProblem } from "./layer.ts";
import { layerKeys, type LayerTable } from "./layer-reader.ts";
import { decodeTombstones } from "./tombstones.ts";
import { placeOf } from "../objects/place.ts";

/** A layer that is checked. */
interface Checked {
  readonly entry: LayerEntry;
  readonly store: ObjectStore;
  readonly table: LayerTable;
  /** Key of the table. */
  readonly tableKey: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * What is wrong with a layer: its table at the pinned version, its tombstones, and its column file against the table. One column of both is in memory at a
 * time. Failures of the store are thrown.
 */
export async function* checkLayer(layer: Checked): AsyncGenerator<LayerProblem, void, undefined> {
  yield* tombstoneProblems(layer);
  const file = await openFile(layer);
  if (file !== null && "problem" in file) yield file;
  const open = file instanceof ColumnFile ? file : null;
  let bytes = 0;
  for (const key of keysOf(layer.entry)) {
    layer.signal?.throwIfAborted();
    const column = await tableColumn(layer, key);
    if (column !== null && "problem" in column) {
      yield column;
      return;
    }
    bytes += column === null ? 0 : sizeOf(column);
    const problems = shapeProblems(layer, key, column);
    yield* problems;
    if (open !== null && problems.length === 0) yield* fileProblems(layer, open, key, column);
  }
  // A file of that size cannot be written.
  if (file === null && bytes < MAX_BYTES) yield derived(layer, "it is missing");
}

function keysOf({ columns }: LayerEntry): readonly ColumnKey[] {
  // Cast: the members of an entry are ids of properties.
  return ["id", "src", "dst", ...(Object.keys(columns) as ColumnKey[])];
}

async function* tombstoneProblems({
  entry,
  store,
  signal,
}: Checked): AsyncGenerator<LayerProblem, void, undefined> {
  if (entry.tombstones === 0) return;
  const { tombstones: key } = layerKeys(entry);
  const problem = (what: string): LayerProblem => ({ kind: "tombstones_damaged", key, problem: what });
  const bytes = await store.get(key, signal);
  if (bytes === null) return yield problem("it is missing");
  try {
    const ids = decodeTombstones(bytes, placeOf(store, key));
    if (ids.length !== entry.tombstones) yield problem(`it holds ${ids.length} ids, not ${entry.tombstones}`);
    for (let row = 1; row < ids.length; row++)
      if (compareAt(ids, row - 1, ids, row) >= 0) return yield problem("its ids are in no order");
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    yield problem(cause.message);
  }
}

async function openFile(layer: Checked): Promise<ColumnFile | LayerProblem | null> {
  const { entry, store, signal } = layer;
  try {
    const file = await ColumnFile.open(store, layerKeys(entry).cols, signal);
    if (file === null || file.header.rows === entry.rows) return file;
    return derived(layer, `it has ${file.header.rows} rows, and the layer ${entry.rows}`);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    return derived(layer, cause.message);
  }
}

/** A column of the table. What Lance cannot read is taken for damage: it does not tell damage from a failing disk. */
async function tableColumn(layer: Checked, key: ColumnKey): Promise<Column | LayerProblem | null> {
  try {
    return (await layer.table.columns([key], layer.signal))[0] ?? null;
  } catch (cause) {
    if (isError(cause, "table_version_missing"))
      return { kind: "table_missing", key: layer.tableKey, problem: cause.message };
    if (!isDamage(cause) && !isError(cause, "store_transient")) throw cause;
    const doubt = isDamage(cause) ? "" : "; it is damaged, or the store fails";
    return {
      kind: "table_damaged",
      key: layer.tableKey,
      problem: `column ${key} cannot be read: ${cause.message}${doubt}`,
    };
  }
}

function shapeProblems(
  { entry, tableKey }: Checked,
  key: ColumnKey,
  column: Column | null,
): readonly LayerProblem[] {
  const isOptional = key === "src" || key === "dst";
  if (column === null) {
    const problem = `it has no column ${entry.columns[key] ?? key}`;
    return isOptional ? [] : [{ kind: "table_damaged", key: tableKey, problem }];
  }
  if (column.length === entry.rows) return [];
  const problem = `it has ${column.length} rows, and the layer ${entry.rows}`;
  return key === "id" ? [{ kind: "table_damaged", key: tableKey, problem }] : [];
}

/** Compares a column of the column file with that of the table. */
async function* fileProblems(
  layer: Checked,
  file: ColumnFile,
  key: ColumnKey,
  column: Column | null,
): AsyncGenerator<LayerProblem, void, undefined> {
  try {
    const copy = await file.column(key, layer.signal);
    if (copy === null || column === null) {
      if (copy !== column) yield derived(layer, `its columns are others than those of the table: ${key}`);
      return;
    }
    const row = await inTurns(findingDifference(column, copy), layer.signal);
    if (row >= 0) {
      const problem = `column ${key} differs in row ${row} from ${layerKeys(layer.entry).cols}, whose checksum is right`;
      yield { kind: "table_damaged", key: layer.tableKey, problem };
    }
    if (!(await file.hasCounts(key, copy, layer.signal)))
      yield derived(layer, `its counts of column ${key} are wrong`);
    if (
      key === "id" &&
      !(await file.hasIndex(await inTurns(indexing(asIdTexts(copy)), layer.signal), layer.signal))
    )
      yield derived(layer, "its index of ids is not that of its ids");
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    yield derived(layer, cause.message);
  }
}

function derived({ entry }: Checked, problem: string): LayerProblem {
  return { kind: "column_file_damaged", key: layerKeys(entry).cols, problem };
}

function isDamage(cause: unknown): cause is OmnigraphError {
  return isError(cause, "object_corrupt");
}

function sizeOf(column: Column): number {
  return columnBuffers(column).buffers.reduce((sum, buffer) => sum + bytesOf(buffer).length, 0);
}
