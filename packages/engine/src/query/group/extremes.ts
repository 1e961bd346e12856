import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import type { Batch } from "../run/batch.ts";
import type { Argument } from "./argument.ts";
import { type Accumulator, widened, type Witness, words } from "./accumulator.ts";

const NONE = 0;

/** The least or greatest value per group, stored as the ordinal of an entity that has it. */
export class Extremes implements Accumulator {
  readonly #cells: Cells;
  readonly #argument: Argument;
  /** 1 for the least, -1 for the greatest. */
  readonly #sign: number;
  /** Ordinal + 1. */
  #best = new Uint32Array(0);

  constructor(argument: Argument, which: "min" | "max") {
    this.#cells = argument.cells;
    this.#argument = argument;
    this.#sign = which === "min" ? 1 : -1;
  }

  widen(count: number): number {
    const before = this.#best.byteLength;
    this.#best = widened(this.#best, count, words);
    return this.#best.byteLength - before;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const ordinals = this.#argument.places(batch);
    const cells = this.#cells;
    const best = this.#best;
    for (let i = 0; i < batch.length; i++) {
      const ordinal = ordinals[i]!;
      const group = groups[i]!;
      const known = best[group]!;
      if (known === ordinal + 1 || cells.isNull(ordinal)) continue;
      if (known === NONE || cells.compare(ordinal, known - 1) * this.#sign < 0) best[group] = ordinal + 1;
    }
  }

  value(group: number): Value {
    const ordinal = this.witness.of(group);
    return ordinal < 0 ? null : this.witness.value(ordinal);
  }

  readonly witness: Witness = {
    of: (group) => this.#best[group]! - 1,
    value: (ordinal) => {
      const value = this.#cells.value(ordinal);
      // 0 and -0 are equal, so the answer must not depend on which came first.
      return value === 0 ? 0 : value;
    },
  };
}
