import { isError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { blobKey, type BlobPlaces, placesKey, readPlaces } from "./places.ts";
import { contentProblem } from "./read.ts";

/** What is wrong with content that a layer names. */
interface BlobProblem {
  readonly kind: "blob_damaged";
  /** Key of the content, or of the list of it. */
  readonly key: string;
  readonly problem: string;
}

/** What is wrong with content that was read, by its key; null for nothing. Several layers name the same. */
export type CheckedContent = Map<string, string | null>;

/** Reads all content that a layer names and nobody has read yet, and tells what is missing or differs. Failures of the store are thrown. */
export async function* blobProblems(
  store: ObjectStore,
  layer: Parameters<typeof readPlaces>[1],
  content: CheckedContent,
  signal?: AbortSignal,
): AsyncGenerator<BlobProblem, void, undefined> {
  const kind = "blob_damaged";
  let places: BlobPlaces;
  try {
    places = await readPlaces(store, layer, signal);
  } catch (cause) {
    if (!isError(cause, "object_corrupt") && !isError(cause, "table_version_missing")) throw cause;
    return yield { kind, key: placesKey(layer), problem: cause.message };
  }
  for (const [reference, staging] of places) {
    const key = blobKey(reference, staging);
    let problem = content.get(key);
    if (problem === undefined) {
      const bytes = await store.get(key, signal);
      problem = bytes === null ? "is missing" : contentProblem(reference, bytes);
      content.set(key, problem);
    }
    if (problem !== null) yield { kind, key, problem: `it ${problem}` };
  }
}
