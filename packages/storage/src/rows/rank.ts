import { bitAt } from "./bits.ts";

/** Rows that share one counter: a counter costs one bit a row. */
const BLOCK = 32;

/**
 * Rank over a validity bitmap: the number of present rows before a row. Columns of lists and vectors store entries for present rows only, so the rank
 * of a row is the index of its entry.
 */
export class Rank {
  /** Rows that are present. */
  readonly count: number;
  readonly #bits: Uint8Array;
  readonly #before: Uint32Array;

  private constructor(bits: Uint8Array, length: number) {
    const blocks = Math.floor(length / BLOCK);
    this.#bits = bits;
    this.#before = new Uint32Array(blocks + 1);
    let count = 0;
    for (let block = 0; block < blocks; block++) {
      count += ones(wordAt(bits, block));
      this.#before[block + 1] = count;
    }
    this.count = this.before(length);
  }

  /** Null where every row is present: the index of an entry is then the number of its row. */
  static of(validity: Uint8Array | null, length: number): Rank | null {
    return validity === null ? null : new Rank(validity, length);
  }

  /** Memory of the counters. */
  get byteLength(): number {
    return this.#before.byteLength;
  }

  /** Rows that are present among [0, row); `row` may be the length. */
  before(row: number): number {
    const block = row >>> 5;
    const within = row & (BLOCK - 1);
    const counted = this.#before[block] ?? 0;
    return within === 0 ? counted : counted + ones(wordAt(this.#bits, block) & ((1 << within) - 1));
  }

  /** The rows that are present before each multiple of `step` that is a row, ascending. */
  sampled(step: number, length: number): Uint32Array {
    return Uint32Array.from({ length: Math.ceil(length / step) }, (_, k) => this.before(k * step));
  }

  /** The rows of [start, end) that are present. */
  *present(start: number, end: number): Generator<number> {
    for (let row = start; row < end; row++) if (bitAt(this.#bits, row)) yield row;
  }
}

/** Bits of a block; those behind the end of the bitmap are 0. */
function wordAt(bits: Uint8Array, block: number): number {
  const at = block * 4;
  return (
    (bits[at] ?? 0) | ((bits[at + 1] ?? 0) << 8) | ((bits[at + 2] ?? 0) << 16) | ((bits[at + 3] ?? 0) << 24)
  );
}

/** Set bits of a 32-bit word: sums of neighbouring bits, pairs, nibbles, bytes. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
