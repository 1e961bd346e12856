import { MemoryPool, type MemoryShare } from "@omnigraph/engine";

let poolOf: (budget: MemoryBudget) => MemoryPool;

/** The bytes that derived structures may take in memory, over all graphs that share it: what was unused for longest goes first, whichever graph it belongs to. */
export class MemoryBudget {
  readonly #pool: MemoryPool;

  static {
    poolOf = (budget) => budget.#pool;
  }

  constructor(bytes: number) {
    this.#pool = new MemoryPool(bytes);
  }

  /** Bytes that may be resident. */
  get limit(): number {
    return this.#pool.limit;
  }

  /** Bytes that are resident. What running queries hold on to may go beyond the limit until they end. */
  get used(): number {
    return this.#pool.used;
  }

  /** Sets another limit, and lets go of what does not fit any more. */
  resize(bytes: number): void {
    this.#pool.resize(bytes);
  }
}

/** What one graph has of a budget. */
export function shareOf(budget: MemoryBudget): MemoryShare {
  return poolOf(budget).share();
}
