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

/** Passes pieces on until the signal aborts, then fails with its reason, also where the source never answers. */
export async function* until(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!(Symbol.asyncIterator in pieces)) {
    yield* pieces;
    return;
  }
  const source = pieces[Symbol.asyncIterator]();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, fail) => {
    abort = () => fail(signal.reason);
  });
  aborted.catch(() => undefined);
  signal.addEventListener("abort", abort, { once: true });
  let ended = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await Promise.race([source.next(), aborted]);
      ended = next.done === true;
      if (ended) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited after an abort: a source that does not answer would not answer this either.
    const closing = ended ? undefined : source.return?.();
    if (!signal.aborted) await closing;
  }
}
