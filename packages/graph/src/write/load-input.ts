import { callerFailed, LineEncoder, OmnigraphError } from "@omnigraph/base";
import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { LoadInput } from "../api/graph.ts";

/** Most characters or bytes that are read in one go of an input that is there as a whole. */
const SLICE = 1 << 18;
/** Longest time in milliseconds that a source may give pieces before the event loop gets a turn. */
const TURN_MS = 4;
/** The outcome of a load in which code of the caller failed, for a message. */
export const NOTHING_LOADED = "nothing was loaded";

/**
 * The input of a load as pieces of bytes. When the signal aborts, it fails with the reason of the signal, even if the source never answers.
 * Throws `caller_failed` if the source throws, `usage` for a piece of a wrong kind.
 */
export async function* piecesOf(input: LoadInput, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const whole = typeof input === "string" || input instanceof Uint8Array;
  if (whole && input.length <= SLICE) {
    yield typeof input === "string" ? Buffer.from(input) : input;
    return;
  }
  const encoder = new LineEncoder();
  for await (const item of itemsOf(whole ? slicesOf(input) : input, signal)) {
    const bytes = encoder.piece(item);
    if (bytes !== null) yield bytes;
  }
  yield encoder.rest();
}

/** Whether an input is there as a whole, so that it can be read again. */
export function isRepeatable(input: LoadInput): boolean {
  return typeof input === "string" || input instanceof Uint8Array || Array.isArray(input);
}

/** The error of rows that were checked by a schema that the branch no longer has. */
export function schemaChanged(call: string): OmnigraphError {
  return new OmnigraphError(
    "read_set_conflict",
    `${call}: the branch got a schema with other types of these rows while they were read; nothing was loaded: try again`,
  );
}

function* slicesOf(whole: string | Uint8Array): Generator<string | Uint8Array> {
  for (let at = 0; at < whole.length; at += SLICE)
    yield typeof whole === "string" ? whole.slice(at, at + SLICE) : whole.subarray(at, at + SLICE);
}

/** Passes pieces on and computes their hash. */
export async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

export function contentHash(): Hash {
  return createHash("sha256");
}

/** The items of an iterable. When the signal aborts, a source that does not answer is abandoned. */
async function* itemsOf(
  input: Exclude<LoadInput, string | Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  using stoppable = new Stoppable(signal);
  let source: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  let ended = false;
  try {
    source = Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
    for (;;) {
      const asked = source.next();
      const next = isPromise(asked) ? await stoppable.wait(asked) : asked;
      ended = next.done === true;
      if (ended) return;
      yield isPromise(next.value) ? await stoppable.wait(next.value) : next.value;
      await stoppable.turn();
    }
  } catch (thrown) {
    ended = true;
    if (!signal.aborted) throw callerFailed("its input", NOTHING_LOADED, thrown);
    // Not awaited, because a source that does not answer would not answer this either.
    leave(source).catch(() => undefined);
    throw signal.reason;
  } finally {
    if (!ended) await leave(source);
  }
}

/** Ends a source from which nothing more is needed. */
async function leave(source: Iterator<unknown> | AsyncIterator<unknown> | undefined): Promise<void> {
  try {
    await source?.return?.();
  } catch (cause) {
    throw callerFailed("its input", NOTHING_LOADED, cause);
  }
}

/** Waits that end when a signal aborts. They share one listener; with `Promise.race` each wait would leave one at the signal. */
class Stoppable implements Disposable {
  readonly #signal: AbortSignal;
  #stop: (reason: unknown) => void = () => undefined;
  readonly #aborted = (): void => this.#stop(this.#signal.reason);
  #turnedMs = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#aborted, { once: true });
  }

  wait<T>(promise: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = reject;
      if (this.#signal.aborted) this.#aborted();
      promise.then(resolve, reject);
    });
  }

  /** Gives the event loop a turn now and then, so that timers fire even if the source never waits. */
  async turn(): Promise<void> {
    if (performance.now() - this.#turnedMs > TURN_MS) {
      await setImmediate();
      this.#turnedMs = performance.now();
    }
    this.#signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    this.#signal.removeEventListener("abort", this.#aborted);
  }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
