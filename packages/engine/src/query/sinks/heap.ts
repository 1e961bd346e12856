/** Order of two rows by their numbers: negative when the first comes first. */
export type RowOrder = (a: number, b: number) => number;

/** Keeps the first rows of an order: a heap with the last of them on top. */
export class TopHeap {
  readonly #order: RowOrder;
  readonly #heap: Uint32Array;
  #size = 0;

  constructor(limit: number, order: RowOrder) {
    this.#order = order;
    this.#heap = new Uint32Array(limit);
  }

  get isFull(): boolean {
    return this.#size === this.#heap.length;
  }

  /** The last of the kept rows, which a better one replaces. */
  get last(): number {
    return this.#heap[0]!;
  }

  push(row: number): void {
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent]!;
      if (this.#order(row, above) <= 0) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = row;
  }

  replaceLast(row: number): void {
    const heap = this.#heap;
    const size = this.#size;
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.#order(heap[child + 1]!, heap[child]!) > 0) child++;
      if (this.#order(row, heap[child]!) >= 0) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = row;
  }

  /** The kept rows, in order. */
  sorted(): Uint32Array {
    return this.#heap.slice(0, this.#size).sort(this.#order);
  }
}
