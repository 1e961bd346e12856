import { compareBytes } from "@omnigraph/storage";
import { recordBytes, type RunFile, RunWriter } from "./run-file.ts";
import type { KeyBytes } from "./key-bytes.ts";
import type { Spilling } from "./spilling.ts";

/** Sorting more at once would hold the event loop for too long. */
const MOST_RECORDS = 1 << 14;
const LEAST_RECORDS = 16;
/** Fewer records than the bytes have room for are no loss: keys are seldom as short. */
const SHORT_BYTES = 32;
/** Leading bytes of a key that are compared as one number. */
const PREFIX_BYTES = 6;

/** Records in memory, each a key and some words, until they are sorted. */
export class RecordBuffer {
  count = 0;
  readonly #width: number;
  #bytes: Uint8Array;
  #filled = 0;
  readonly #starts: Uint32Array;
  readonly #keyEnds: Uint32Array;
  readonly #prefixes: Float64Array;
  readonly #order: Uint32Array;

  /** `bytes` is what the records take, unless one alone takes more. */
  constructor(width: number, bytes: number) {
    this.#width = width;
    this.#bytes = new Uint8Array(bytes);
    const records = Math.min(MOST_RECORDS, Math.max(LEAST_RECORDS, Math.floor(bytes / SHORT_BYTES)));
    this.#starts = new Uint32Array(records + 1);
    this.#keyEnds = new Uint32Array(records);
    this.#prefixes = new Float64Array(records);
    this.#order = new Uint32Array(records);
  }

  /** Whether there is room for another record with that key. */
  hasRoom({ length }: KeyBytes): boolean {
    if (this.count === 0) return true;
    return this.count < this.#order.length && this.#filled + this.#sizeOf(length) <= this.#bytes.length;
  }

  /** `words` are the bytes of `width` words. */
  add(key: KeyBytes, words: Uint8Array): void {
    const to = this.#filled + this.#sizeOf(key.length);
    if (to > this.#bytes.length) this.#bytes = new Uint8Array(to);
    const keyEnd = this.#filled + key.length;
    this.#bytes.set(key.bytes.subarray(0, key.length), this.#filled);
    this.#bytes.set(words, keyEnd);
    this.#note(this.#filled, keyEnd, to);
  }

  /** Orders the records by their keys, equal ones by arrival, and keeps the first `limit` of them. */
  sort(limit: number): void {
    const order = this.#order.subarray(0, this.count);
    for (let k = 0; k < order.length; k++) order[k] = k;
    order.sort((a, b) => this.#prefixes[a]! - this.#prefixes[b]! || this.#compare(a, b) || a - b);
    this.count = Math.min(this.count, limit);
  }

  /** Keeps the first records of the order alone, as if they had just arrived in that order. */
  compact(): void {
    const kept = Array.from(this.#order.subarray(0, this.count), (record) => ({
      bytes: this.#bytes.slice(this.#starts[record]!, this.#starts[record + 1]!),
      keyBytes: this.#keyEnds[record]! - this.#starts[record]!,
    }));
    this.clear();
    for (const { bytes, keyBytes } of kept) {
      this.#bytes.set(bytes, this.#filled);
      this.#note(this.#filled, this.#filled + keyBytes, this.#filled + bytes.length);
    }
  }

  /** The records in order as a run. */
  write(spilling: Spilling): RunFile {
    const order = this.#order.subarray(0, this.count);
    const size = (record: number): number =>
      recordBytes(this.#keyEnds[record]! - this.#starts[record]!, this.#width);
    const writer = new RunWriter(
      order.reduce((sum, record) => sum + size(record), 0),
      spilling,
    );
    for (const record of order)
      writer.append(this.#bytes, this.#starts[record]!, this.#keyEnds[record]!, this.#starts[record + 1]!);
    return writer.finish();
  }

  clear(): void {
    this.count = 0;
    this.#filled = 0;
  }

  #sizeOf(keyBytes: number): number {
    return keyBytes + this.#width * Uint32Array.BYTES_PER_ELEMENT;
  }

  #note(from: number, keyEnd: number, to: number): void {
    const record = this.count++;
    this.#starts[record] = from;
    this.#starts[record + 1] = to;
    this.#keyEnds[record] = keyEnd;
    let prefix = 0;
    for (let k = from; k < from + PREFIX_BYTES; k++)
      prefix = prefix * 256 + (k < keyEnd ? this.#bytes[k]! : 0);
    this.#prefixes[record] = prefix;
    this.#filled = to;
  }

  #compare(a: number, b: number): number {
    const bytes = this.#bytes;
    return compareBytes(
      bytes,
      this.#starts[a]!,
      this.#keyEnds[a]!,
      bytes,
      this.#starts[b]!,
      this.#keyEnds[b]!,
    );
  }
}
