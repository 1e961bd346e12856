import { ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import { hashInto } from "../../rows/hash.ts";
import { sameBytes } from "../../rows/id-table.ts";
import type { TextColumn } from "../../rows/column.ts";

/** Mean number of rows in a bucket: a bucket is read by one small range read. */
const BUCKET_ROWS = 16;

/** Hash index of ids, as `docs/formats/layers.md` says. */
export interface IdIndex {
  /** Number of leading bits of the hash's high word that select the bucket. */
  readonly bits: number;
  /** Of each bucket the number of its first entry, and at the end their number. */
  readonly starts: Uint32Array;
  /** Low hash word and row of each entry, by bucket, in a bucket by row. */
  readonly entries: Uint32Array;
}

/** The index of a layer whose rows without those that are `gone` are, in their order, the first rows of another. */
export interface FormerIndex {
  readonly index: IdIndex;
  /** Rows, ascending. */
  readonly gone: Uint32Array;
}

/** The bucket of a hash. */
export function bucketOf(high: number, bits: number): number {
  return bits === 0 ? 0 : high >>> (32 - bits);
}

function bitsFor(rows: number): number {
  let bits = 0;
  while (rows >>> bits > BUCKET_ROWS) bits++;
  return bits;
}

/** Indexes the rows of a column of ids, in steps: a counting sort by bucket. */
export function* indexing(ids: TextColumn): Steps<IdIndex> {
  const { length } = ids;
  const bits = bitsFor(length);
  const hashes = new Uint32Array(2 * length);
  yield* hashing(ids, 0, hashes);
  const starts = new Uint32Array(2 ** bits + 1);
  const ends = new Uint32Array(2 ** bits);
  yield* ranges(length, STEP_ROWS, (from, to) => count(hashes, from, to, bits, starts));
  for (let bucket = 0; bucket < ends.length; bucket++) {
    ends[bucket] = starts[bucket] ?? 0;
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
  }
  const entries = new Uint32Array(2 * length);
  yield* ranges(length, STEP_ROWS, (from, to) => place(hashes, from, to, bits, ends, entries));
  return { bits, starts, entries };
}

/** Whether an index is the one that `indexing` makes of these ids. Nothing but a place in each bucket is kept. */
export function* checkingIndex({ bits, starts, entries }: IdIndex, ids: TextColumn): Steps<boolean> {
  const buckets = 2 ** bits;
  if (bits !== bitsFor(ids.length) || starts.length !== buckets + 1 || entries.length !== 2 * ids.length)
    return false;
  const ends = starts.slice(0, buckets);
  const hash = new Uint32Array(2);
  let isRight = starts[0] === 0;
  yield* ranges(ids.length, STEP_ROWS, (from, to) => {
    for (let row = from; row < to && isRight; row++) {
      hashInto(ids.bytes, ids.offsets[row] ?? 0, ids.offsets[row + 1] ?? 0, hash, 0);
      const bucket = bucketOf(hash[1] ?? 0, bits);
      const at = ends[bucket] ?? 0;
      isRight = entries[2 * at] === hash[0] && entries[2 * at + 1] === row;
      ends[bucket] = at + 1;
    }
  });
  // Each bucket ends where the next one begins, and all rows have had a place: so none has had two.
  return isRight && ends.every((end, bucket) => end === starts[bucket + 1]);
}

/** Hashes the ids from row `first` on, two words each. */
function* hashing({ length, offsets, bytes }: TextColumn, first: number, hashes: Uint32Array): Steps<void> {
  yield* ranges(length - first, STEP_ROWS, (from, to) => {
    for (let k = from; k < to; k++)
      hashInto(bytes, offsets[first + k] ?? 0, offsets[first + k + 1] ?? 0, hashes, 2 * k);
  });
}

/** Counts rows by bucket, each in the place behind its bucket's. */
function count(hashes: Uint32Array, from: number, to: number, bits: number, counts: Uint32Array): void {
  for (let row = from; row < to; row++) {
    const next = bucketOf(hashes[2 * row + 1] ?? 0, bits) + 1;
    counts[next] = (counts[next] ?? 0) + 1;
  }
}

function place(
  hashes: Uint32Array,
  from: number,
  to: number,
  bits: number,
  ends: Uint32Array,
  entries: Uint32Array,
): void {
  for (let row = from; row < to; row++) {
    const bucket = bucketOf(hashes[2 * row + 1] ?? 0, bits);
    const at = ends[bucket] ?? 0;
    ends[bucket] = at + 1;
    entries[2 * at] = hashes[2 * row] ?? 0;
    entries[2 * at + 1] = row;
  }
}

/**
 * The same index as `indexing` makes of the ids, from that of a layer which most of them come from: only the others are hashed. Null where it must be made
 * anew, because the rows need more or fewer buckets.
 */
export function* reindexing({ index, gone }: FormerIndex, ids: TextColumn): Steps<IdIndex | null> {
  const { bits, starts: heldStarts, entries: held } = index;
  const rows = held.length / 2;
  const kept = rows - gone.length;
  if (bitsFor(ids.length) !== bits || kept > ids.length) return null;
  const added = yield* addedRows(ids, kept, bits);
  const numbers = gone.length === 0 ? null : renumbered(rows, gone);
  const starts = new Uint32Array(heldStarts.length);
  const entries = new Uint32Array(2 * ids.length);
  let at = 0;
  yield* ranges(2 ** bits, STEP_ROWS / BUCKET_ROWS, (from, to) => {
    for (let bucket = from; bucket < to; bucket++) {
      starts[bucket] = at;
      at = keep(held, heldStarts[bucket] ?? 0, heldStarts[bucket + 1] ?? 0, numbers, entries, at);
      for (let k = added.first[bucket] ?? NONE; k !== NONE; k = added.next[k] ?? NONE) {
        entries[2 * at] = added.hashes[2 * k] ?? 0;
        entries[2 * at + 1] = kept + k;
        at++;
      }
    }
  });
  starts[2 ** bits] = at;
  return at === ids.length ? { bits, starts, entries } : null;
}

const NONE = -1;

/** Rows from `kept` on by bucket: `first` of each bucket, and from each the `next`, ascending; numbered from 0. */
function* addedRows(
  ids: TextColumn,
  kept: number,
  bits: number,
): Steps<{ readonly hashes: Uint32Array; readonly first: Int32Array; readonly next: Int32Array }> {
  const count = ids.length - kept;
  const hashes = new Uint32Array(2 * count);
  yield* hashing(ids, kept, hashes);
  const first = new Int32Array(2 ** bits).fill(NONE);
  const next = new Int32Array(count);
  for (let k = count - 1; k >= 0; k--) {
    const bucket = bucketOf(hashes[2 * k + 1] ?? 0, bits);
    next[k] = first[bucket] ?? NONE;
    first[bucket] = k;
  }
  return { hashes, first, next };
}

/** By row its number without those that are gone; -1 for these. */
function renumbered(rows: number, gone: Uint32Array): Int32Array {
  const numbers = new Int32Array(rows);
  let row = 0;
  for (const [k, end] of [...gone, rows].entries()) {
    for (; row < end; row++) numbers[row] = row - k;
    if (row < rows) numbers[row++] = NONE;
  }
  return numbers;
}

/** Copies entries [from, to) without rows that are gone; answers where the next entry goes. */
function keep(
  held: Uint32Array,
  from: number,
  to: number,
  numbers: Int32Array | null,
  entries: Uint32Array,
  at: number,
): number {
  for (let k = from; k < to; k++) {
    const row = held[2 * k + 1] ?? 0;
    const number = numbers === null ? row : (numbers[row] ?? NONE);
    if (number === NONE) continue;
    entries[2 * at] = held[2 * k] ?? 0;
    entries[2 * at + 1] = number;
    at++;
  }
  return at;
}

/** The ids of a layer that has an index. */
export class IndexedIds {
  readonly ids: TextColumn;
  readonly index: IdIndex;
  readonly #hash = new Uint32Array(2);

  constructor(ids: TextColumn, index: IdIndex) {
    this.ids = ids;
    this.index = index;
  }

  /** Row of the id given as UTF-8 bytes[from, to), or -1. */
  findBytes(bytes: Uint8Array, from: number, to: number): number {
    const { bits, starts, entries } = this.index;
    const { offsets, bytes: own } = this.ids;
    hashInto(bytes, from, to, this.#hash, 0);
    const bucket = bucketOf(this.#hash[1] ?? 0, bits);
    const end = starts[bucket + 1] ?? 0;
    for (let k = starts[bucket] ?? 0; k < end; k++) {
      if (entries[2 * k] !== this.#hash[0]) continue;
      const row = entries[2 * k + 1] ?? 0;
      const at = offsets[row] ?? 0;
      if ((offsets[row + 1] ?? 0) - at === to - from && sameBytes(own, at, bytes, from, to - from))
        return row;
    }
    return NONE;
  }
}
