import { LINE_FEED } from "./block-reader.ts";

/** Cuts input at line ends into blocks of about one size, each with a buffer of its own. */
export class Blocks {
  readonly #size: number;
  /** Buffers that blocks have given back. */
  readonly #free: ArrayBuffer[] = [];
  #buffer: Buffer;
  #length = 0;

  /** `start` is the beginning of the first block. */
  constructor(size: number, start: Uint8Array) {
    this.#size = size;
    this.#buffer = Buffer.from(new ArrayBuffer(Math.max(size, start.length * 2)));
    this.#buffer.set(start);
    this.#length = start.length;
  }

  /** Adds input; answers the blocks that are full now. */
  *adding(piece: Uint8Array): Generator<Buffer> {
    let from = 0;
    while (from < piece.length) {
      const to = Math.min(piece.length, from + this.#buffer.length - this.#length);
      this.#buffer.set(piece.subarray(from, to), this.#length);
      this.#length += to - from;
      from = to;
      if (this.#length === this.#buffer.length) yield* this.#cut();
    }
  }

  /** What is in no block yet. */
  rest(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Takes back the memory of a block. */
  giveBack(block: Buffer): void {
    // Cast: blocks are cut from buffers that are made here.
    const buffer = block.buffer as ArrayBuffer;
    if (buffer.byteLength === this.#size) this.#free.push(buffer);
  }

  /** The full buffer up to its last line feed; a line that is longer gets a larger one. */
  *#cut(): Generator<Buffer> {
    const full = this.#buffer;
    const end = full.lastIndexOf(LINE_FEED) + 1;
    const rest = full.subarray(end);
    const room = end === 0 ? full.length * 2 : Math.max(this.#size, rest.length * 2);
    const next = room === this.#size ? this.#free.pop() : undefined;
    this.#buffer = Buffer.from(next ?? new ArrayBuffer(room));
    this.#buffer.set(rest);
    this.#length = rest.length;
    if (end > 0) yield full.subarray(0, end);
  }
}
