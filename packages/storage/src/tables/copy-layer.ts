import { OmnigraphError } from "@omnigraph/base";
import { blobKey, placesKey, readPlaces } from "../blobs/places.ts";
import { storedBlob } from "../blobs/cell.ts";
import type { ObjectInfo, ObjectStore } from "../objects/store.ts";
import { placeOf } from "../objects/place.ts";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column } from "../rows/column.ts";
import type { LayerEntry, LayerReader, LayerStore } from "./layer.ts";
import { layerKeys } from "./layer-reader.ts";
import { encodeRows } from "./rows-object.ts";

/** Bytes of files that are in memory at one time; a larger one is alone. */
const BYTES_TOGETHER = 128 << 20;
const FILES_TOGETHER = 16;

/** Where a layer is copied from. */
export interface LayerSource {
  readonly objects: ObjectStore;
  readonly tables: LayerStore;
}

/** Where the files of a layer are copied to. */
export interface LayerTarget {
  /** Whether Lance tables can be kept there; else a table's rows are, as one object. */
  readonly holdsTables: boolean;
  /** Whether a file is there with this size, so that it need not be read. */
  readonly isThere: (key: string, size: number | null) => boolean;
  /** `isDerived`: any other bytes that are there are as good. */
  readonly put: (key: string, bytes: Uint8Array, isDerived: boolean) => Promise<void>;
}

/**
 * Copies what a layer consists of to another store: the files as they are, or, where the target holds no tables, the rows. Errors: `table_version_missing`, those of the
 * stores and of the target.
 */
export async function copyLayer(entry: LayerEntry, from: LayerSource, to: LayerTarget): Promise<void> {
  const { folder, rows, cols, tombstones } = layerKeys(entry);
  const base = `${folder}/${entry.type}`;
  const files = await from.objects.list(`${base}.`);
  const isTable = ({ key }: ObjectInfo): boolean => key.startsWith(`${base}.lance/`);
  const has = (key: string): boolean => files.some((file) => file.key === key);
  if (!has(rows) && !files.some(isTable)) throw missing(from.objects, `${base}.lance`);
  if (entry.tombstones > 0 && !has(tombstones)) throw missing(from.objects, tombstones);
  if ((entry.blobs ?? 0) > 0 && !has(placesKey(entry))) throw missing(from.objects, placesKey(entry));
  await copyBlobs(entry, from.objects, to);
  const copied = to.holdsTables ? files : files.filter((file) => !isTable(file));
  await copyFiles(copied, from.objects, to, cols);
  if (to.holdsTables || has(rows) || to.isThere(rows, null)) return;
  await to.put(rows, encodeRows(entry, await wholeRows(from.tables.open(entry))), false);
}

/** Content lies where the write put it that brought it: a later table may be the only one of those that name it that is copied. */
async function copyBlobs(entry: LayerEntry, from: ObjectStore, to: LayerTarget): Promise<void> {
  for (const [reference, staging] of await readPlaces(from, entry)) {
    const key = blobKey(reference, staging);
    const { size } = storedBlob(reference);
    if (!to.isThere(key, size)) await copyFile({ key, size, modifiedMs: 0 }, from, to, false);
  }
}

/** A column file that was damaged, here or there, is written again by a repair: it must not keep a copy from being carried on. */
async function copyFiles(
  files: readonly ObjectInfo[],
  from: ObjectStore,
  to: LayerTarget,
  cols: string,
): Promise<void> {
  const wanted = files.filter(({ key, size }) => !to.isThere(key, key === cols ? null : size));
  for (let at = 0; at < wanted.length;) {
    const together: ObjectInfo[] = [];
    let bytes = 0;
    for (let file = wanted[at]; file !== undefined && together.length < FILES_TOGETHER; file = wanted[++at]) {
      if (together.length > 0 && bytes + file.size > BYTES_TOGETHER) break;
      together.push(file);
      bytes += file.size;
    }
    await Promise.all(together.map((file) => copyFile(file, from, to, file.key === cols)));
  }
}

async function copyFile(
  { key, size }: ObjectInfo,
  from: ObjectStore,
  to: LayerTarget,
  isDerived: boolean,
): Promise<void> {
  const bytes = await from.get(key);
  // A column file may just have been removed, or be written anew by a repair: a copy is whole without it, or with what is there now.
  if (bytes === null && isDerived) return;
  if (bytes === null || (bytes.length !== size && !isDerived)) throw missing(from, key);
  await to.put(key, bytes, isDerived);
}

/** All rows of a layer. */
async function wholeRows(reader: LayerReader): Promise<RowBatch> {
  const { entry } = reader;
  const columns = new Map<ColumnKey, Column>();
  // Casts: the names of an entry's columns are ids of properties.
  for (const key of ["id", "src", "dst", ...(Object.keys(entry.columns) as ColumnKey[])] as const) {
    const column = await reader.column(key);
    if (column !== null) columns.set(key, column);
  }
  return { length: entry.rows, columns };
}

function missing(store: ObjectStore, key: string): OmnigraphError {
  const place = placeOf(store, key);
  return new OmnigraphError(
    "table_version_missing",
    `${place}, which a commit names, is gone or incomplete; restore it from a backup`,
    { details: { place } },
  );
}
