import { inTurns, isError, type OmnigraphError } from "@omnigraph/base";
import { blobProblems, type CheckedContent } from "../blobs/check.ts";
import type { ObjectStore } from "../objects/store.ts";
import type { ColumnKey } from "../rows/batch.ts";
import { bytesOf, columnBuffers } from "../rows/format/buffers.ts";
import { MAX_BYTES } from "../rows/growing.ts";
import type { Column, TextColumn } from "../rows/column.ts";
import { asIdTexts } from "../rows/id-texts.ts";
import { compareAt } from "../rows/order.ts";
import { findingDifference } from "../rows/first-difference.ts";
import { FileSource } from "./column-file/file-source.ts";
import { ColumnFile } from "./column-file/reader.ts";
import { checkingIndex } from "./column-file/id-index.ts";
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
  readonly content: CheckedContent | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Most bytes of columns that are read of the table together: each reading of it opens it. */
const TOGETHER_BYTES = 32 << 20;

/**
 * What is wrong with a layer: its table at the pinned version, its tombstones, the blobs that it names, and its column file against the table. Some columns of both are in memory at a
 * time, one where they are large. Failures of the store are thrown.
 */
export async function* checkLayer(layer: Checked): AsyncGenerator<LayerProblem, void, undefined> {
  yield* tombstoneProblems(layer);
  yield* blobProblems(layer.store, layer.entry, layer.content ?? new Map(), layer.signal);
  const file = await openFile(layer);
  if (file !== null && "problem" in file) yield file;
  const open = file instanceof ColumnFile ? file : null;
  let bytes = 0;
  for await (const read of tableColumns(layer, open)) {
    if ("problem" in read) return yield read;
    const { key, parts } = read;
    if (file === null) bytes += sizeOf(parts ?? []);
    const problems = shapeProblems(layer, key, parts);
    yield* problems;
    if (problems.length > 0) continue;
    if (open !== null) yield* fileProblems(layer, open, key, parts);
    if (parts !== null && layer.entry.indexes?.includes(key) === true)
      yield* indexProblems(layer, key, parts);
  }
  // A file of that size cannot be written.
  if (file === null && bytes < (layer.store.mostBytes ?? MAX_BYTES)) yield derived(layer, "it is missing");
}

/** The columns that are read together: those that are small by the column file. */
function keysTogether({ columns }: LayerEntry, file: ColumnFile | null): readonly (readonly ColumnKey[])[] {
  const together: ColumnKey[][] = [];
  let bytes = 0;
  // Cast: the members of an entry are ids of properties.
  for (const key of ["id", "src", "dst", ...(Object.keys(columns) as ColumnKey[])] as const) {
    const size = file === null ? TOGETHER_BYTES : (file.columnBytes(key) ?? 0);
    bytes += size;
    if (together.length === 0 || bytes > TOGETHER_BYTES) {
      together.push([]);
      bytes = size;
    }
    together.at(-1)?.push(key);
  }
  return together;
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
  const { cols } = layerKeys(entry);
  try {
    const file = await ColumnFile.open(new FileSource(store), cols, signal);
    if (file === null) return null;
    if (file.header.rows !== entry.rows)
      return derived(layer, `it has ${file.header.rows} rows, and the layer ${entry.rows}`);
    const [found] = await store.list(cols, { limit: 1 });
    return found === undefined || found.size === file.length
      ? file
      : derived(layer, `it has ${found.size} bytes, not ${file.length}`);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    return derived(layer, cause.message);
  }
}

/** A column of the table, in parts; null where the table lacks it. */
interface TableColumn {
  readonly key: ColumnKey;
  readonly parts: readonly Column[] | null;
}

/** The columns of the table; the first that cannot be read is the last. */
async function* tableColumns(
  layer: Checked,
  file: ColumnFile | null,
): AsyncGenerator<TableColumn | LayerProblem, void, undefined> {
  for (const keys of keysTogether(layer.entry, file)) {
    layer.signal?.throwIfAborted();
    const columns = await readTogether(layer, keys);
    if (!("problem" in columns)) yield* columns;
    else if (keys.length === 1) return yield columns;
    else
      for (const key of keys) {
        const read = await readTogether(layer, [key]);
        if ("problem" in read) return yield read;
        yield* read;
      }
  }
}

/** Columns of the table. What Lance cannot read is taken for damage: it does not tell damage from a failing disk. */
async function readTogether(
  layer: Checked,
  keys: readonly ColumnKey[],
): Promise<readonly TableColumn[] | LayerProblem> {
  try {
    const columns = await layer.table.parts(keys, layer.signal);
    return keys.map((key, i) => ({ key, parts: columns[i] ?? null }));
  } catch (cause) {
    if (isError(cause, "table_version_missing"))
      return { kind: "table_missing", key: layer.tableKey, problem: cause.message };
    if (!isLost(cause)) throw cause;
    const doubt = isDamage(cause) ? "" : "; it is damaged, or the store fails";
    return {
      kind: "table_damaged",
      key: layer.tableKey,
      problem: `column ${keys.join(", ")} cannot be read: ${cause.message}${doubt}`,
    };
  }
}

function shapeProblems(
  { entry, tableKey }: Checked,
  key: ColumnKey,
  parts: readonly Column[] | null,
): readonly LayerProblem[] {
  const isOptional = key === "src" || key === "dst";
  if (parts === null) {
    const problem = `it has no column ${entry.columns[key] ?? key}`;
    return isOptional ? [] : [{ kind: "table_damaged", key: tableKey, problem }];
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length === entry.rows) return [];
  const problem = `it has ${length} rows, and the layer ${entry.rows}`;
  return key === "id" ? [{ kind: "table_damaged", key: tableKey, problem }] : [];
}

/** Compares a column of the column file with that of the table. */
async function* fileProblems(
  layer: Checked,
  file: ColumnFile,
  key: ColumnKey,
  parts: readonly Column[] | null,
): AsyncGenerator<LayerProblem, void, undefined> {
  try {
    const copy = await file.column(key, layer.signal);
    if (copy === null || parts === null) {
      if (copy !== parts) yield derived(layer, `its columns are others than those of the table: ${key}`);
      return;
    }
    const row = await inTurns(findingDifference(parts, copy), layer.signal);
    if (row >= 0) {
      const problem = `column ${key} differs in row ${row} from ${layerKeys(layer.entry).cols}, whose checksum is right`;
      yield { kind: "table_damaged", key: layer.tableKey, problem };
    }
    if (!(await file.hasCounts(key, copy, layer.signal)))
      yield derived(layer, `its counts of column ${key} are wrong`);
    if (key === "id" && !(await hasIndexOf(file, asIdTexts(copy), layer.signal)))
      yield derived(layer, "its index of ids is not that of its ids");
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    yield derived(layer, cause.message);
  }
}

/** Asks the table's own index of a column, which nobody but other engines and reads without a column file use. */
async function* indexProblems(
  { entry, table, tableKey, signal }: Checked,
  key: ColumnKey,
  parts: readonly Column[],
): AsyncGenerator<LayerProblem, void, undefined> {
  const problem = (what: string): LayerProblem => ({ kind: "index_damaged", key: tableKey, problem: what });
  try {
    const found = (await table.indexProblem?.(key, parts, signal)) ?? null;
    if (found !== null) yield problem(found);
  } catch (cause) {
    if (!isLost(cause)) throw cause;
    yield problem(`the index of column ${entry.columns[key] ?? key} cannot be read: ${cause.message}`);
  }
}

async function hasIndexOf(
  file: ColumnFile,
  ids: TextColumn,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return inTurns(checkingIndex(await file.index(signal), ids), signal);
}

function derived({ entry }: Checked, problem: string): LayerProblem {
  return { kind: "column_file_damaged", key: layerKeys(entry).cols, problem };
}

/** Lance does not tell damage from a failing disk. */
function isLost(cause: unknown): cause is OmnigraphError {
  return isDamage(cause) || isError(cause, "store_transient") || isError(cause, "table_version_missing");
}

function isDamage(cause: unknown): cause is OmnigraphError {
  return isError(cause, "object_corrupt");
}

function sizeOf(parts: readonly Column[]): number {
  const buffers = parts.flatMap((part) => columnBuffers(part).buffers);
  return buffers.reduce((sum, buffer) => sum + bytesOf(buffer).length, 0);
}
