import type { RunContext } from "../run/context.ts";

/** What groups take in memory, of the run that they belong to. */
export class Account {
  /** Bytes that the groups may take before others go to disk; without end where they cannot. */
  readonly share: number;
  readonly #context: RunContext;
  #bytes = 0;

  constructor(context: RunContext) {
    this.#context = context;
    this.share = context.spilling?.above ?? Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.#bytes > this.share;
  }

  /** Errors: `memory_exceeded`. */
  readonly charge = (bytes: number): void => {
    this.#bytes += bytes;
    this.#context.charge(bytes);
  };

  /** The groups are gone. */
  close(): void {
    this.#context.charge(-this.#bytes);
    this.#bytes = 0;
  }
}
