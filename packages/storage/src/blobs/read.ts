import { createHash } from "node:crypto";
import { OmnigraphError } from "@omnigraph/base";
import { placeOf } from "../objects/place.ts";
import type { ObjectStore } from "../objects/store.ts";
import { storedBlob } from "./cell.ts";
import { blobKey } from "./places.ts";

/** Bytes of one piece of a stream. */
const PIECE_BYTES = 1 << 20;

/** Bytes [from, to) of content. */
export interface BlobRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Streams a part of content that lies in a store. Where all of it is asked for, its SHA-256 is checked, and the last piece comes only if it is right. Errors:
 * `object_corrupt`, `aborted`, failures of the store.
 */
export async function* streamBlob(
  store: ObjectStore,
  { reference, staging }: { readonly reference: string; readonly staging: string },
  { from, to }: BlobRange,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sha256, size } = storedBlob(reference);
  const key = blobKey(reference, staging);
  const hash = from === 0 && to === size ? createHash("sha256") : null;
  for (let at = from; at < to; at += PIECE_BYTES) {
    signal?.throwIfAborted();
    const length = Math.min(PIECE_BYTES, to - at);
    const piece = await store.range(key, at, length, signal);
    if (piece === null) throw damaged(store, key, "is gone");
    if (piece.length !== length) throw damaged(store, key, "is shorter than it was");
    hash?.update(piece);
    if (hash !== null && at + length === to && hash.digest("hex") !== sha256)
      throw damaged(store, key, "is not what was put there");
    yield piece;
  }
}

/** All of content. Errors: as `streamBlob`. */
export async function readBlob(
  store: ObjectStore,
  reference: string,
  staging: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const key = blobKey(reference, staging);
  const bytes = await store.get(key, signal);
  if (bytes === null) throw damaged(store, key, "is gone");
  const problem = contentProblem(reference, bytes);
  if (problem !== null) throw damaged(store, key, problem);
  return bytes;
}

/** What is wrong with the bytes of content, for a message that begins with their place; null for nothing. */
export function contentProblem(reference: string, bytes: Uint8Array): string | null {
  const { sha256, size } = storedBlob(reference);
  if (bytes.length !== size) return `has ${bytes.length} bytes, not ${size}`;
  const found = createHash("sha256").update(bytes).digest("hex");
  return found === sha256 ? null : "is not what was put there";
}

function damaged(store: ObjectStore, key: string, how: string): OmnigraphError {
  const place = placeOf(store, key);
  return new OmnigraphError("object_corrupt", `the blob ${place} ${how}; restore it from a backup`, {
    details: { place },
  });
}
