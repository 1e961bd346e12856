import { createHash, type Hash } from "node:crypto";
import type { LoadInput } from "./api.ts";

/** A load's input as pieces of bytes. */
export function piecesOf(input: LoadInput): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof input === "string") return [Buffer.from(input)];
  return input instanceof Uint8Array ? [input] : input;
}

/** Passes pieces on and takes their digest on the way. */
export async function* hashed(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

export function contentHash(): Hash {
  return createHash("sha256");
}
