import { STEP_ROWS, type Steps } from "@omnigraph/base";
import { hashInto } from "../../rows/hash.ts";
import type { TextColumn } from "../../rows/column.ts";

/** Mean number of rows in a bucket: a bucket is read by one small range read. */
const BUCKET_ROWS = 16;

/** Hash index of ids, as `docs/formats/layers.md` says. */
export interface IdIndex {
  /** Number of leading bits of the hash's high word that select the bucket. */
  readonly bits: number;
  readonly starts: Uint32Array;
  /** Low hash word and row of each entry, by bucket. */
  readonly entries: Uint32Array;
}

/** The bucket of a hash. */
export function bucketOf(high: number, bits: number): number {
  return bits === 0 ? 0 : high >>> (32 - bits);
}

/** Indexes the rows of a column of ids, in steps: a counting sort by bucket. */
export function* indexing(ids: TextColumn): Steps<IdIndex> {
  const { length, offsets, bytes } = ids;
  let bits = 0;
  while (length >>> bits > BUCKET_ROWS) bits++;
  const hashes = new Uint32Array(2 * length);
  const starts = new Uint32Array(2 ** bits + 1);
  let from = offsets[0] ?? 0;
  for (let row = 0; row < length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    const to = offsets[row + 1] ?? 0;
    hashInto(bytes, from, to, hashes, 2 * row);
    const next = bucketOf(hashes[2 * row + 1] ?? 0, bits) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
    from = to;
  }
  for (let bucket = 1; bucket < starts.length; bucket++)
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
  const ends = starts.slice();
  const entries = new Uint32Array(2 * length);
  for (let row = 0; row < length; row++) {
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
    const bucket = bucketOf(hashes[2 * row + 1] ?? 0, bits);
    const at = ends[bucket] ?? 0;
    ends[bucket] = at + 1;
    entries[2 * at] = hashes[2 * row] ?? 0;
    entries[2 * at + 1] = row;
  }
  return { bits, starts, entries };
}
