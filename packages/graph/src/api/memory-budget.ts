import { MemoryPool, type MemoryShare } from "@omnigraph/engine";

let poolOf: (budget: MemoryBudget) => MemoryPool;

/** The bytes that derived structures may take in memory, in all graphs that share the budget. The least recently used structure of any graph is dropped first. */
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

  /** Bytes that are resident. Running queries may exceed the limit until they end. */
  get used(): number {
    return this.#pool.used;
  }

  /** Sets another limit, and drops what does not fit any more. */
  resize(bytes: number): void {
    this.#pool.resize(bytes);
  }
}

/** The share of one graph in a budget. */
export function shareOf(budget: MemoryBudget): MemoryShare {
  return poolOf(budget).share();
}
