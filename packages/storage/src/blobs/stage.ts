import { OmnigraphError } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import type { ObjectStore } from "../objects/store.ts";
import type { RowBatch } from "../rows/batch.ts";
import { blobKey, type BlobPlaces, encodePlaces, placesKey } from "./places.ts";
import { referencesIn } from "./refs.ts";

/** Puts at one time. */
const TOGETHER = 8;

/** What rows are staged with that name content. */
export interface StagedBlobs {
  /** Content that is new, by reference. */
  readonly contents?: Pick<ReadonlyMap<string, Uint8Array>, "get"> | undefined;
  /** Where content lies that the graph has, for as long as the write takes. */
  readonly places?: BlobPlaces | undefined;
}

/**
 * Puts the content that rows name and the graph has not, below the staging id, and the list of where all that they name lies. Answers how much that is. Throws
 * `object_corrupt` where nothing tells where content lies, `aborted`, failures of the store.
 */
export async function stageBlobs(
  store: ObjectStore,
  { staging, type, rows }: { readonly staging: string; readonly type: EntityType; readonly rows: RowBatch },
  { contents, places }: StagedBlobs,
  signal?: AbortSignal,
): Promise<number> {
  const found = new Map<string, string>();
  const own: (readonly [string, Uint8Array])[] = [];
  for (const reference of referencesIn(type, rows)) {
    const place = places?.get(reference);
    const bytes = place === undefined ? contents?.get(reference) : undefined;
    if (place === undefined && bytes === undefined) throw nowhere(type, reference);
    found.set(reference, place ?? staging);
    if (bytes !== undefined) own.push([reference, bytes]);
  }
  if (found.size === 0) return 0;
  for (let at = 0; at < own.length; at += TOGETHER) {
    signal?.throwIfAborted();
    const lot = own.slice(at, at + TOGETHER);
    await Promise.all(lot.map(([reference, bytes]) => store.put(blobKey(reference, staging), bytes)));
  }
  await store.put(placesKey({ staging, type: type.id }), encodePlaces(found));
  return found.size;
}

function nowhere({ name }: EntityType, reference: string): OmnigraphError {
  return new OmnigraphError(
    "object_corrupt",
    `rows of ${name} name the content ${reference}, and no table of the graph tells where it lies; run fsck`,
    { details: { type_name: name, reference } },
  );
}
