import { encodeUlid, isUlid, OmnigraphError } from "@omnigraph/base";
import { placeOf } from "../objects/place.ts";
import type { ObjectStore } from "../objects/store.ts";
import { textAt } from "../rows/access.ts";
import { idColumn } from "../rows/builder.ts";
import { decodeBatch, encodeBatch } from "../rows/format/codec.ts";
import { corrupt, decodeContainer, encodeContainer } from "../rows/format/container.ts";
import { idTexts } from "../rows/id-texts.ts";
import { storedBlob } from "./cell.ts";

const MAGIC = "OGB1";

/** By reference the staging id of the write that put the content. */
export type BlobPlaces = ReadonlyMap<string, string>;

/** A layer, as far as it tells where its list of content is. */
interface Listing {
  readonly staging: string;
  readonly type: string;
  /** How many references its rows have; absent where none. */
  readonly blobs?: number;
}

/** Key of the list of the content that rows of a layer name. It is one of the layer's objects. */
export function placesKey({ staging, type }: Listing): string {
  return `tables/${staging}/${type}.blobs`;
}

/** The name of content below its staging id, in the form of an id of a type: each content is a table of its own to whoever lists, keeps and removes tables. */
export function blobName(reference: string): string {
  return encodeUlid(Buffer.from(storedBlob(reference).sha256, "hex").subarray(0, 16));
}

/** Key of content. */
export function blobKey(reference: string, staging: string): string {
  return `tables/${staging}/${blobName(reference)}.blob`;
}

/** Whether a key is that of content. */
export function isBlobKey(key: string): boolean {
  return key.startsWith("tables/") && key.endsWith(".blob");
}

/** The object that lists places, in order of the references. */
export function encodePlaces(places: BlobPlaces): Uint8Array {
  const sorted = [...places].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const columns = new Map([
    ["id", idColumn(sorted.map(([reference]) => reference))],
    ["src", idColumn(sorted.map(([, staging]) => staging))],
  ] as const);
  return encodeContainer(MAGIC, {}, [encodeBatch({ length: sorted.length, columns })]);
}

/** Errors: `object_corrupt`. */
function decodePlaces(bytes: Uint8Array, place: string): BlobPlaces {
  const [segment] = decodeContainer(MAGIC, bytes, place).segments;
  if (segment === undefined) throw corrupt(place, "it lists nothing");
  const batch = decodeBatch(segment, place);
  if (!batch.columns.has("id") || !batch.columns.has("src")) throw corrupt(place, "it lists no places");
  const [references, stagings] = [idTexts(batch, "id"), idTexts(batch, "src")];
  const places = new Map<string, string>();
  for (let row = 0; row < batch.length; row++) {
    const reference = textAt(references, row);
    const staging = textAt(stagings, row);
    storedBlob(reference);
    // What is removed is told from what is listed here.
    if (!isUlid(staging)) throw corrupt(place, "a place is no staging id");
    places.set(reference, staging);
  }
  return places;
}

const NO_PLACES: BlobPlaces = new Map();

/** Where the content lies that rows of a layer name. Errors: `table_version_missing`, `object_corrupt`, failures of the store. */
export async function readPlaces(
  store: ObjectStore,
  layer: Listing,
  signal?: AbortSignal,
): Promise<BlobPlaces> {
  const { blobs = 0 } = layer;
  if (blobs === 0) return NO_PLACES;
  const key = placesKey(layer);
  const place = placeOf(store, key);
  const bytes = await store.get(key, signal);
  if (bytes === null)
    throw new OmnigraphError(
      "table_version_missing",
      `${place}, the list of the blobs of a table, is gone; restore it from a backup`,
      { details: { place } },
    );
  const places = decodePlaces(bytes, place);
  if (places.size !== blobs) throw corrupt(place, `it lists ${places.size} blobs, not ${blobs}`);
  return places;
}
