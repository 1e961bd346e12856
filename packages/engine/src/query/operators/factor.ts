import type { Batch, Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";

/** Multiplies every row by the number of matches of a part of the pattern that shares no variable with it. */
export class Factor implements Operator {
  readonly #input: Operator;
  readonly #part: Operator;
  readonly #nothing: Batch;
  #total = 0;
  #counted = false;

  constructor(input: Operator, part: Operator, context: RunContext) {
    this.#input = input;
    this.#part = part;
    this.#nothing = context.batch([], false);
  }

  next(): Batch | null {
    if (!this.#counted) {
      this.#countMore();
      return this.#nothing;
    }
    if (this.#total === 0) return null;
    const batch = this.#input.next();
    const weights = batch?.weights;
    if (batch === null || weights === null || weights === undefined) return batch;
    for (let i = 0; i < batch.length; i++) weights[i]! *= this.#total;
    return batch;
  }

  /** Keeps the number of matches, which is the same for all rows. */
  reset(): void {
    this.#input.reset();
  }

  #countMore(): void {
    const batch = this.#part.next();
    if (batch === null) {
      this.#counted = true;
      return;
    }
    const { weights, length } = batch;
    if (weights === null) this.#total += length;
    else for (let i = 0; i < length; i++) this.#total += weights[i]!;
  }
}
