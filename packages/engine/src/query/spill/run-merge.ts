import { type RunFile, RunReader } from "./run-file.ts";

/** The records of several runs in one order; of equal ones those of the earlier run first. */
export class RunMerge {
  readonly #readers: readonly RunReader[];
  /** Numbers of the readers that have a record; a heap with the first record on top. */
  readonly #heap: number[] = [];
  #started = false;

  constructor(runs: readonly RunFile[], width: number) {
    this.#readers = runs.map((run) => new RunReader(run, width));
  }

  /** The reader of the next record, which is valid until the next call; null when there is none. */
  next(): RunReader | null {
    if (this.#started) this.#advanceTop();
    else this.#start();
    const [top] = this.#heap;
    return top === undefined ? null : this.#readers[top]!;
  }

  #start(): void {
    this.#started = true;
    for (const [k, reader] of this.#readers.entries()) if (reader.advance()) this.#heap.push(k);
    for (let place = (this.#heap.length >> 1) - 1; place >= 0; place--) this.#sink(place);
  }

  #advanceTop(): void {
    const heap = this.#heap;
    if (!this.#readers[heap[0]!]!.advance()) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const moved = heap[from]!;
    let place = from;
    for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, moved)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    if (heap.length > 0) heap[place] = moved;
  }

  #isBefore(a: number, b: number): boolean {
    const order = this.#readers[a]!.compare(this.#readers[b]!);
    return order !== 0 ? order < 0 : a < b;
  }
}
