import { callerFailed, LineEncoder } from "@omnigraph/base";
import type { LoadInput, LoadOptions } from "omnigraph";

/** How the body of a load goes: as it is made, or gathered first, as browsers need it unless they speak HTTP/2. */
export type Upload = "stream" | "whole";

const LINE_FEED = 0x0a;
/** NDJSON as the body of a call. */
export class LineBody {
  readonly #input: LoadInput;
  readonly #onProgress: LoadOptions["onProgress"];
  #bytes = 0;
  #rows = 0;
  /** What the caller's own code threw while the body was read, if it did. */
  failure: unknown = null;

  constructor(input: LoadInput, onProgress: LoadOptions["onProgress"]) {
    this.#input = input;
    this.#onProgress = onProgress;
  }

  /** Whether it can be sent once more. */
  get isRepeatable(): boolean {
    return typeof this.#input === "string" || this.#input instanceof Uint8Array || Array.isArray(this.#input);
  }

  /** Errors: `caller_failed`, `usage` for a piece of a wrong kind. */
  async content(upload: Upload): Promise<ReadableStream<Uint8Array> | Blob | string> {
    const input = this.#input;
    if (typeof input === "string") return input;
    if (input instanceof Uint8Array) return new Blob([plain(input)]);
    if (upload === "stream") return this.#stream();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of this.#pieces()) pieces.push(plain(piece));
    return new Blob(pieces);
  }

  #stream(): ReadableStream<Uint8Array> {
    const pieces = this.#pieces();
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const next = await pieces.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (thrown) {
          controller.error(thrown);
        }
      },
      cancel: async () => void (await pieces.return()),
    });
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const encoder = new LineEncoder();
    try {
      if (typeof this.#input !== "string")
        for await (const item of this.#input) {
          const piece = encoder.piece(item);
          if (piece !== null && piece.length > 0) yield this.#told(piece);
        }
      const rest = encoder.rest();
      if (rest.length > 0) yield this.#told(rest);
    } catch (thrown) {
      this.failure = callerFailed("its input", "nothing was loaded", thrown);
      throw this.failure;
    }
  }

  #told(piece: Uint8Array): Uint8Array {
    if (this.#onProgress === undefined) return piece;
    this.#bytes += piece.length;
    for (const byte of piece) if (byte === LINE_FEED) this.#rows++;
    this.#onProgress({ bytes: this.#bytes, rows: this.#rows, phase: "read" });
    return piece;
  }
}

/** Bytes that no other thread can change: what is shared is copied. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isPlain(bytes) ? bytes : new Uint8Array(bytes);
}

function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
