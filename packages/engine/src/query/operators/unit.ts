import type { Batch, Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";

/** One row without bindings: the start of a plan that does not begin with a binding. */
export class Unit implements Operator {
  readonly #out: Batch;
  #done = false;

  constructor(weighted: boolean, context: RunContext) {
    this.#out = context.batch([], weighted);
  }

  next(): Batch | null {
    if (this.#done) return null;
    this.#done = true;
    this.#out.weights?.fill(1, 0, 1);
    this.#out.length = 1;
    return this.#out;
  }

  reset(): void {
    this.#done = false;
  }
}
