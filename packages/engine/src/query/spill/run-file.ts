import type { SpillRoom } from "@omnigraph/storage";
import { compareBytes } from "@omnigraph/storage";
import type { Spilling } from "./spilling.ts";

/** Bytes that are read or written together. */
export const RUN_BUFFER_BYTES: number = 16 << 10;
/** What stands before a record: the bytes of its key. */
const HEAD_BYTES = 4;

/** Bytes of a record: its head, its key, and the words that it carries. */
export function recordBytes(keyBytes: number, width: number): number {
  return HEAD_BYTES + keyBytes + width * Uint32Array.BYTES_PER_ELEMENT;
}

/** Records in order, on disk. */
export interface RunFile {
  readonly room: SpillRoom;
  /** What is written of the room. */
  readonly bytes: number;
}

/** Writes records one after another into a room that holds them all. */
export class RunWriter {
  readonly #room: SpillRoom;
  #buffer: Uint8Array;
  #filled = 0;
  #written = 0;

  /** `bytes` is what all records take at most. */
  constructor(bytes: number, spilling: Spilling) {
    this.#room = spilling.room(bytes);
    this.#buffer = new Uint8Array(Math.min(bytes, RUN_BUFFER_BYTES));
  }

  /** Appends a record whose key, and behind it the words, are bytes[from, to). */
  append(bytes: Uint8Array, from: number, keyEnd: number, to: number): void {
    const length = HEAD_BYTES + to - from;
    if (this.#filled + length > this.#buffer.length) this.#flush();
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(length);
    const buffer = this.#buffer;
    const at = this.#filled;
    writeHead(buffer, at, keyEnd - from);
    buffer.set(bytes.subarray(from, to), at + HEAD_BYTES);
    this.#filled += length;
  }

  finish(): RunFile {
    this.#flush();
    return { room: this.#room, bytes: this.#written };
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#room.write(this.#written, this.#buffer.subarray(0, this.#filled));
    this.#written += this.#filled;
    this.#filled = 0;
  }
}

/** Reads the records of a run in order, one at a time. */
export class RunReader {
  readonly run: RunFile;
  /** The current record: its key is bytes[keyFrom, keyEnd), its words lie behind it up to `end`. */
  bytes: Uint8Array = new Uint8Array(RUN_BUFFER_BYTES);
  keyFrom = 0;
  keyEnd = 0;
  end = 0;
  readonly #wordBytes: number;
  /** How far the run is read, and the buffer filled. */
  #read = 0;
  #filled = 0;

  constructor(run: RunFile, width: number) {
    this.run = run;
    this.#wordBytes = width * Uint32Array.BYTES_PER_ELEMENT;
  }

  /** Goes on to the next record; false when there is none. */
  advance(): boolean {
    if (this.end === this.#filled && this.#read === this.run.bytes) return false;
    this.#ensure(HEAD_BYTES);
    const keyBytes = headAt(this.bytes, this.end);
    this.#ensure(HEAD_BYTES + keyBytes + this.#wordBytes);
    this.keyFrom = this.end + HEAD_BYTES;
    this.keyEnd = this.keyFrom + keyBytes;
    this.end = this.keyEnd + this.#wordBytes;
    return true;
  }

  /** Negative when the current record comes before that of another reader. */
  compare(other: RunReader): number {
    return compareBytes(this.bytes, this.keyFrom, this.keyEnd, other.bytes, other.keyFrom, other.keyEnd);
  }

  /** Makes so many bytes from `end` on be in the buffer. */
  #ensure(bytes: number): void {
    const left = this.#filled - this.end;
    if (left >= bytes) return;
    const from = this.bytes;
    if (bytes > from.length) this.bytes = new Uint8Array(bytes * 2);
    this.bytes.set(from.subarray(this.end, this.#filled));
    const count = Math.min(this.bytes.length - left, this.run.bytes - this.#read);
    this.run.room.read(this.#read, this.bytes.subarray(left, left + count));
    this.#read += count;
    this.#filled = left + count;
    this.end = 0;
  }
}

function writeHead(bytes: Uint8Array, at: number, keyBytes: number): void {
  for (let k = 0; k < HEAD_BYTES; k++) bytes[at + k] = keyBytes >>> (8 * k);
}

function headAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
