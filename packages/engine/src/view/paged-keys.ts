import { ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import { hashInto, sameBytes, type TextColumn } from "@omnigraph/storage";
import { idHashes, idPlace, type IdValues } from "./id-values.ts";
import type { Pages } from "./memory-pool.ts";
import { pagedWords, type PagedWords } from "./paged-words.ts";

/** Ordinals by id. */
export interface Keys {
  /** Ordinal of an id, or -1. */
  find(id: string): number;
  /** Ordinal of each id of a column, or -1. */
  findAll(ids: TextColumn): Int32Array;
}

const FREE = 0;
const SLOT_WORDS = 2;
/** Slots for each id, at least. */
const ROOM = 2;

const encoder = new TextEncoder();
const HASH = new Uint32Array(2);

/**
 * As `IdTable`, on disk: the second word of the hash of an id decides the part of the table, the first one the slot in the part from which on it is looked for. A slot has
 * the first word, and the ordinal + 1; 0 where it is free.
 */
export class PagedKeys implements Keys {
  readonly ids: IdValues;
  readonly #slots: PagedWords;
  /** The first slot of each part, and behind it the end. A part has a power of two of slots, or none. */
  readonly #starts: Uint32Array;
  readonly #bits: number;

  constructor(ids: IdValues, slots: PagedWords, starts: Uint32Array, bits: number) {
    this.ids = ids;
    this.#slots = slots;
    this.#starts = starts;
    this.#bits = bits;
  }

  find(id: string): number {
    const bytes = encoder.encode(id);
    return this.#findBytes(bytes, 0, bytes.length);
  }

  findAll({ length, offsets, bytes }: TextColumn): Int32Array {
    const ordinals = new Int32Array(length);
    for (let i = 0; i < length; i++) ordinals[i] = this.#findBytes(bytes, offsets[i]!, offsets[i + 1]!);
    return ordinals;
  }

  #findBytes(bytes: Uint8Array, from: number, to: number): number {
    hashInto(bytes, from, to, HASH, 0);
    const low = HASH[0]!;
    const part = partOf(HASH[1]!, this.#bits);
    const start = this.#starts[part]!;
    const mask = this.#starts[part + 1]! - start - 1;
    if (mask < 0) return -1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = SLOT_WORDS * (start + slot);
      const held = this.#slots.at(at + 1);
      if (held === FREE) return -1;
      if (this.#slots.at(at) === low && this.#is(held - 1, bytes, from, to)) return held - 1;
    }
  }

  #is(ordinal: number, bytes: Uint8Array, from: number, to: number): boolean {
    const { ids, row } = idPlace(this.ids, ordinal);
    const at = ids.offsets[row]!;
    return ids.offsets[row + 1]! - at === to - from && sameBytes(ids.bytes, at, bytes, from, to - from);
  }
}

/**
 * The keys of the live ordinals below `count`, whose ids differ. The hashes are written once and then gone through for each part of the table, of which one is in memory;
 * `most` is the number of slots that a part is meant to have.
 */
export function* makingKeys(
  ids: IdValues,
  count: number,
  isLive: (ordinal: number) => boolean,
  pages: Pages,
  most: number = Math.max(STEP_ROWS, pages.edgesAbove / 4 / SLOT_WORDS / 4),
): Steps<PagedKeys> {
  const bits = Math.max(0, Math.ceil(Math.log2(Math.max(1, (count * ROOM) / most))));
  const hashes = pagedWords(2 * count, pages);
  const starts = new Uint32Array(2 ** bits + 1);
  yield* ranges(count, STEP_ROWS, (from, to) => {
    const words = idHashes(ids, from, to);
    hashes.write(2 * from, words);
    for (let o = from; o < to; o++) if (isLive(o)) starts[partOf(words[2 * (o - from) + 1]!, bits) + 1]!++;
  });
  for (let part = 0; part < starts.length - 1; part++)
    starts[part + 1] = starts[part]! + slotsFor(starts[part + 1]!);
  const slots = pagedWords(SLOT_WORDS * starts.at(-1)!, pages);
  for (let part = 0; part < starts.length - 1; part++) {
    const table = new Uint32Array(SLOT_WORDS * (starts[part + 1]! - starts[part]!));
    yield* ranges(count, STEP_ROWS, (from, to) => {
      const words = hashes.slice(2 * from, 2 * to);
      for (let o = from; o < to; o++) {
        const low = words[2 * (o - from)]!;
        if (partOf(words[2 * (o - from) + 1]!, bits) === part && isLive(o)) insert(table, low, o);
      }
    });
    slots.write(SLOT_WORDS * starts[part]!, table);
  }
  hashes.release();
  return new PagedKeys(ids, slots, starts, bits);
}

function partOf(high: number, bits: number): number {
  return bits === 0 ? 0 : high >>> (32 - bits);
}

function slotsFor(count: number): number {
  return count === 0 ? 0 : 2 ** Math.ceil(Math.log2(count * ROOM));
}

function insert(table: Uint32Array, low: number, ordinal: number): void {
  const mask = table.length / SLOT_WORDS - 1;
  let slot = low & mask;
  while (table[SLOT_WORDS * slot + 1] !== FREE) slot = (slot + 1) & mask;
  table[SLOT_WORDS * slot] = low;
  table[SLOT_WORDS * slot + 1] = ordinal + 1;
}
