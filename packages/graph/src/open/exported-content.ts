import type { WithContent } from "@omnigraph/engine";
import type { CommitRecord } from "@omnigraph/log";
import {
  type BlobPlaces,
  blobKeys,
  type Column,
  columnIn,
  type ColumnKey,
  columnOf,
  contentText,
  type ObjectStore,
  readBlob,
  referenceAt,
  referencesIn,
  type RowBatch,
  slice,
  storedBlob,
  valueAt,
  withColumns,
} from "@omnigraph/storage";
import { OmnigraphError, type Value } from "@omnigraph/base";
import type { GraphContext } from "./context.ts";

/** About how much content is in memory at one time; a larger one is alone. */
const PART_BYTES = 8 << 20;

const BLOB = { scalar: "Blob", list: false, dimension: null } as const;

/** Puts the content into rows of a commit, in parts that fit into memory. */
export function contentAt(
  { content, store }: GraphContext,
  commit: CommitRecord,
  signal: AbortSignal | undefined,
): WithContent {
  return async function* (type, rows) {
    if (referencesIn(type, rows).size === 0) return yield rows;
    const keys = blobKeys(type);
    const places = await content.at(commit, type.id, signal);
    for (let from = 0, to = 0; from < rows.length; from = to) {
      for (let bytes = 0; to < rows.length && bytes < PART_BYTES; to++) bytes += sizeIn(rows, keys, to);
      yield await filled(store, slice(rows, from, to), keys, places, signal);
    }
  };
}

function sizeIn({ columns }: RowBatch, keys: readonly ColumnKey[], row: number): number {
  return keys.reduce((sum, key) => {
    const reference = referenceAt(columns.get(key), row);
    return sum + (reference === null ? 0 : storedBlob(reference).size);
  }, 0);
}

async function filled(
  store: ObjectStore,
  rows: RowBatch,
  keys: readonly ColumnKey[],
  places: BlobPlaces,
  signal: AbortSignal | undefined,
): Promise<RowBatch> {
  const columns: [ColumnKey, Column][] = [];
  for (const key of keys) {
    const column = columnIn(rows, key);
    const values: Value[] = [];
    for (let row = 0; row < rows.length; row++) {
      const reference = referenceAt(column, row);
      const value =
        reference === null
          ? valueAt(column, row)
          : contentText(await readBlob(store, reference, placeOfContent(places, reference), signal));
      values.push(value);
    }
    columns.push([key, columnOf(BLOB, values)]);
  }
  return withColumns(rows, columns);
}

/** Where content lies. Throws `object_corrupt` where no table of the snapshot tells. */
export function placeOfContent(places: BlobPlaces, reference: string): string {
  const staging = places.get(reference);
  if (staging !== undefined) return staging;
  throw new OmnigraphError(
    "object_corrupt",
    `a row names the content ${reference}, and no table of its snapshot tells where it lies; run fsck`,
    { details: { reference } },
  );
}
