import { present } from "@omnigraph/base";
import type { SpillRoom } from "@omnigraph/storage";
import type { Spilling } from "./spilling.ts";

/** Rows are written in blocks of about 4 KiB, and room is taken for so many blocks. */
const BLOCK_WORDS = 1024;
const ROOM_BLOCKS = 16;
const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/** Rows of equally many 32-bit words on disk, but for the last of them; appended, and read in any order. */
export class WordLog {
  readonly width: number;
  /** Number of rows. */
  length = 0;
  readonly #spilling: Spilling;
  readonly #blockRows: number;
  readonly #rooms: SpillRoom[] = [];
  /** The rows after the last full block. */
  readonly #block: Uint32Array;
  #filled = 0;

  constructor(width: number, spilling: Spilling) {
    this.width = width;
    this.#spilling = spilling;
    this.#blockRows = Math.max(1, Math.floor(BLOCK_WORDS / Math.max(width, 1)));
    this.#block = new Uint32Array(this.#blockRows * width);
  }

  /** Appends a row of `width` words. Errors: those of the disk. */
  append(row: Uint32Array): void {
    const block = this.#block;
    const at = this.#filled * this.width;
    for (let w = 0; w < this.width; w++) block[at + w] = row[w]!;
    this.length++;
    if (++this.#filled === this.#blockRows) this.#write();
  }

  /** The words of rows [from, to). */
  read(from: number, to: number): Uint32Array {
    const words = new Uint32Array((to - from) * this.width);
    const written = this.length - this.#filled;
    for (let row = from; row < Math.min(to, written);) {
      const block = Math.floor(row / this.#blockRows);
      const end = Math.min(to, (block + 1) * this.#blockRows);
      this.#read(block, row, words.subarray((row - from) * this.width, (end - from) * this.width));
      row = end;
    }
    const first = Math.max(from, written);
    if (first < to) {
      const held = this.#block.subarray((first - written) * this.width, (to - written) * this.width);
      words.set(held, (first - from) * this.width);
    }
    return words;
  }

  /** Leaves the rows to an answer, which outlives the run. */
  handOver(): void {
    this.#spilling.handOver(this.#rooms);
  }

  release(): void {
    for (const room of this.#rooms) this.#spilling.giveBack(room);
    this.#rooms.length = 0;
  }

  get #blockBytes(): number {
    return this.#block.byteLength;
  }

  #write(): void {
    const block = this.length / this.#blockRows - 1;
    const within = block % ROOM_BLOCKS;
    if (within === 0) this.#rooms.push(this.#spilling.room(ROOM_BLOCKS * this.#blockBytes));
    const { buffer, byteOffset, byteLength } = this.#block;
    this.#room(block).write(within * this.#blockBytes, new Uint8Array(buffer, byteOffset, byteLength));
    this.#filled = 0;
  }

  #read(block: number, row: number, into: Uint32Array): void {
    const at = (block % ROOM_BLOCKS) * this.#blockBytes + (row % this.#blockRows) * this.width * WORD_BYTES;
    this.#room(block).read(at, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
  }

  #room(block: number): SpillRoom {
    return present(this.#rooms[Math.floor(block / ROOM_BLOCKS)], "room of a block");
  }
}
