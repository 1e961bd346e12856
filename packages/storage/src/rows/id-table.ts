import { atOnce, ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import type { TextColumn } from "./column.ts";
import { hashInto } from "./hash.ts";

const EMPTY = 0;
/** Ids hashed and probed together: enough memory reads in flight to hide their latency, few enough to stay in the L1 cache. */
const BLOCK = 256;

// Scratch space shared by all tables: all calls are synchronous.
const HASHES = new Uint32Array(2 * BLOCK);
const NEAR = new Uint32Array(BLOCK);
const ENCODER = new TextEncoder();
let encoded = new Uint8Array(256);

/** Whether two byte ranges hold the same. */
export function sameBytes(
  a: Uint8Array,
  aFrom: number,
  b: Uint8Array,
  bFrom: number,
  length: number,
): boolean {
  for (let k = 0; k < length; k++) if (a[aFrom + k] !== b[bFrom + k]) return false;
  return true;
}

/**
 * Rows by id: open addressing with linear probing over hashes of the raw id bytes, at most half full. Slot s is slots[2s] = low hash word,
 * slots[2s + 1] = row + 1, or 0 when free. The ids themselves stay in their column.
 */
export class IdTable {
  readonly ids: TextColumn;
  /** Rows in the table. */
  size = 0;
  #slots: Uint32Array;
  #mask: number;

  /** An empty table over the rows of `ids`, made for `expected` of them. */
  constructor(ids: TextColumn, expected: number = ids.length) {
    this.ids = ids;
    const capacity = capacityFor(expected);
    this.#slots = new Uint32Array(capacity * 2);
    this.#mask = capacity - 1;
  }

  /** A table of all rows; of rows with equal ids only the first. Then `size < ids.length`. */
  static of(ids: TextColumn): IdTable {
    return atOnce(IdTable.making(ids));
  }

  /** As `of`, in steps. */
  static *making(ids: TextColumn): Steps<IdTable> {
    const table = new IdTable(ids);
    yield* ranges(ids.length, STEP_ROWS, (start, end) => table.insertRange(start, end, null));
    return table;
  }

  /** Bytes that the table itself takes, without the ids. */
  get byteLength(): number {
    return this.#slots.byteLength;
  }

  /** Adds a row. Answers -1, or the row that has the same id already; then nothing is added. */
  insert(row: number): number {
    const { offsets, bytes } = this.ids;
    const from = offsets[row] ?? 0;
    const to = offsets[row + 1] ?? 0;
    hashInto(bytes, from, to, HASHES, 0);
    return this.#insert(row, bytes, from, to, HASHES[0] ?? 0);
  }

  /** Adds rows [start, end); `firsts` gets for each the row that has its id: itself, or the one that was added before. */
  insertRange(start: number, end: number, firsts: Int32Array | null): void {
    const { offsets, bytes } = this.ids;
    for (let from = start; from < end; from += BLOCK) {
      const count = Math.min(BLOCK, end - from);
      this.#prefetch(this.ids, from, count, false);
      for (let k = 0; k < count; k++) {
        const row = from + k;
        const held = this.#insert(row, bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0, HASHES[2 * k] ?? 0);
        if (firsts !== null) firsts[row] = held < 0 ? row : held;
      }
    }
  }

  /** Row of the id given as UTF-8 bytes[from, to), or -1. */
  findBytes(bytes: Uint8Array, from: number, to: number): number {
    hashInto(bytes, from, to, HASHES, 0);
    return (this.#slots[this.#probe(bytes, from, to, HASHES[0] ?? 0) + 1] ?? EMPTY) - 1;
  }

  /** Row of an id, or -1. */
  find(id: string): number {
    if (encoded.length < id.length * 3) encoded = new Uint8Array(id.length * 3);
    const { written } = ENCODER.encodeInto(id, encoded);
    return this.findBytes(encoded, 0, written);
  }

  /** Row of each id of a column, or -1. */
  findAll(ids: TextColumn): Int32Array {
    return atOnce(this.finding(ids));
  }

  /** As `findAll`, in steps. */
  *finding(ids: TextColumn): Steps<Int32Array> {
    const rows = new Int32Array(ids.length);
    yield* ranges(ids.length, STEP_ROWS, (start, end) => this.#findRange(ids, start, end, rows));
    return rows;
  }

  #findRange(ids: TextColumn, first: number, end: number, rows: Int32Array): void {
    const { offsets, bytes } = ids;
    for (let start = first; start < end; start += BLOCK) {
      const count = Math.min(BLOCK, end - start);
      this.#prefetch(ids, start, count, true);
      for (let k = 0; k < count; k++) {
        const i = start + k;
        const slot = this.#probe(bytes, offsets[i] ?? 0, offsets[i + 1] ?? 0, HASHES[2 * k] ?? 0);
        rows[i] = (this.#slots[slot + 1] ?? EMPTY) - 1;
      }
    }
  }

  /** Hashes a block of ids and reads ahead the memory that probing will need, in loops that do not branch on what was read. */
  #prefetch(ids: TextColumn, start: number, count: number, candidates: boolean): void {
    const hashes = HASHES;
    const near = NEAR;
    for (let k = 0; k < count; k++) {
      hashInto(ids.bytes, ids.offsets[start + k] ?? 0, ids.offsets[start + k + 1] ?? 0, hashes, 2 * k);
    }
    const slots = this.#slots;
    const mask = this.#mask;
    for (let k = 0; k < count; k++) near[k] = slots[2 * ((hashes[2 * k] ?? 0) & mask) + 1] ?? 0;
    if (!candidates) return;
    const { offsets, bytes } = this.ids;
    for (let k = 0; k < count; k++) near[k] = offsets[Math.max(near[k] ?? 0, 1) - 1] ?? 0;
    for (let k = 0; k < count; k++) near[k] = bytes[near[k] ?? 0] ?? 0;
  }

  #insert(row: number, bytes: Uint8Array, from: number, to: number, low: number): number {
    const slot = this.#probe(bytes, from, to, low);
    const held = this.#slots[slot + 1] ?? EMPTY;
    if (held !== EMPTY) return held - 1;
    this.#slots[slot] = low;
    this.#slots[slot + 1] = row + 1;
    if (++this.size * 2 > this.#mask + 1) this.#grow();
    return -1;
  }

  /** Index in the slots of the id's own slot, or of the free one where it belongs. */
  #probe(bytes: Uint8Array, from: number, to: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const { offsets, bytes: idBytes } = this.ids;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const held = slots[slot * 2 + 1] ?? EMPTY;
      if (held === EMPTY) return slot * 2;
      if (slots[slot * 2] !== low) continue;
      const idFrom = offsets[held - 1] ?? 0;
      if ((offsets[held] ?? 0) - idFrom === to - from && sameBytes(idBytes, idFrom, bytes, from, to - from)) {
        return slot * 2;
      }
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === EMPTY) continue;
      let slot = (old[i] ?? 0) & this.#mask;
      while (this.#slots[slot * 2 + 1] !== EMPTY) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 2] = old[i] ?? 0;
      this.#slots[slot * 2 + 1] = old[i + 1] ?? 0;
    }
  }
}

function capacityFor(rows: number): number {
  let capacity = 8;
  while (capacity < rows * 2) capacity *= 2;
  return capacity;
}
