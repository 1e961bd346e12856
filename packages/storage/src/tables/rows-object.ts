import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { placeOf } from "../objects/place.ts";
import type { RowBatch } from "../rows/batch.ts";
import { plainText } from "../rows/dictionary.ts";
import { decodeBatch, encodeBatch } from "../rows/format/codec.ts";
import { corrupt, decodeContainer, encodeContainer } from "../rows/format/container.ts";
import { IdTable } from "../rows/id-table.ts";
import type { LayerEntry } from "./layer.ts";
import { layerKeys, type LayerTable } from "./layer-reader.ts";

const MAGIC = "OGL1";
/** The version of a layer that was written as an object, once. */
export const OBJECT_VERSION = 1;

/** The rows of a layer as one object, in the place of a Lance table: for stores that cannot hold these. */
export function encodeRows(
  { type, version, columns }: Pick<LayerEntry, "version" | "columns"> & { readonly type: string },
  rows: RowBatch,
): Uint8Array {
  const header = { type, columns, ...(version === OBJECT_VERSION ? {} : { version }) };
  return encodeContainer(MAGIC, header, [encodeBatch(rows)]);
}

/** A layer whose rows are an object. */
export function tableOfRows(store: ObjectStore, entry: LayerEntry): LayerTable {
  const columnsOf: LayerTable["columns"] = async (keys, signal) => {
    const { columns } = await readRows(store, entry, signal);
    return keys.map((key) => columns.get(key) ?? null);
  };
  return {
    columns: columnsOf,
    parts: async (keys, signal) =>
      (await columnsOf(keys, signal)).map((column) => (column === null ? null : [column])),
    find: async (id, signal) => {
      const ids = (await readRows(store, entry, signal)).columns.get("id");
      return ids?.kind === "text" || ids?.kind === "dictionary" ? IdTable.of(plainText(ids)).find(id) : -1;
    },
  };
}

async function readRows(store: ObjectStore, entry: LayerEntry, signal?: AbortSignal): Promise<RowBatch> {
  const key = layerKeys(entry).rows;
  const place = placeOf(store, key);
  const bytes = await store.get(key, signal);
  if (bytes === null) throw versionMissing(place, entry);
  const { header, segments } = decodeContainer(MAGIC, bytes, place);
  // Left out for the only version that a store without tables writes; a layer that was copied there keeps its own.
  if ((header["version"] ?? OBJECT_VERSION) !== entry.version) throw versionMissing(place, entry);
  const [segment] = segments;
  if (segment === undefined) throw corrupt(place, "it holds no rows");
  return decodeBatch(segment, place);
}

function versionMissing(place: string, { version }: LayerEntry): OmnigraphError {
  return new OmnigraphError(
    "table_version_missing",
    `the table ${place} is gone, or lacks its pinned version ${version}; restore it from a backup`,
    { details: { place } },
  );
}
