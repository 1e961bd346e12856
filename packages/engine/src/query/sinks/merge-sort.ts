import type { RowOrder } from "./heap.ts";

/** Rows sorted directly; longer runs are merged. */
const RUN_ROWS = 1 << 14;

/** A stable sort of the row numbers below a count. It runs in steps, so that a long sort can yield. */
export class MergeSort {
  readonly #order: RowOrder;
  #rows: Uint32Array;
  #spare: Uint32Array;
  #runLength = RUN_ROWS;
  /** Progress of the current pass; the first pass sorts runs, the others merge them. */
  #at = 0;
  #sortedRuns = false;

  constructor(count: number, order: RowOrder) {
    this.#order = order;
    this.#rows = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.#rows[i] = i;
    this.#spare = new Uint32Array(count > RUN_ROWS ? count : 0);
  }

  /** Sorts one run, or merges two. True when all is sorted. */
  step(): boolean {
    if (!this.#sortedRuns) this.#sortRun();
    else if (this.#runLength < this.#rows.length) this.#mergeRuns();
    return this.#sortedRuns && this.#runLength >= this.#rows.length;
  }

  /** The row numbers in order, once `step` has answered true. */
  sorted(): Uint32Array {
    return this.#rows;
  }

  #sortRun(): void {
    const end = Math.min(this.#at + RUN_ROWS, this.#rows.length);
    this.#rows.subarray(this.#at, end).sort(this.#order);
    this.#at = end;
    if (end < this.#rows.length) return;
    this.#sortedRuns = true;
    this.#at = 0;
  }

  #mergeRuns(): void {
    const rows = this.#rows;
    const start = this.#at;
    const middle = Math.min(start + this.#runLength, rows.length);
    const end = Math.min(middle + this.#runLength, rows.length);
    let left = start;
    let right = middle;
    for (let to = start; to < end; to++) {
      const takeLeft = left < middle && (right >= end || this.#order(rows[left]!, rows[right]!) <= 0);
      this.#spare[to] = takeLeft ? rows[left++]! : rows[right++]!;
    }
    this.#at = end;
    if (end < rows.length) return;
    [this.#rows, this.#spare] = [this.#spare, rows];
    this.#runLength *= 2;
    this.#at = 0;
  }
}
