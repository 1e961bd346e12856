import type { Value } from "@omnigraph/base";
import { compareNullable } from "../predicates/values.ts";
import type { Batch } from "../run/batch.ts";
import type { Accumulator } from "./accumulator.ts";
import type { Argument } from "./argument.ts";
import { valueBytes } from "./value-bytes.ts";

/** Of a group without a value. */
const SLOT_BYTES = 8;

/** The least or greatest of computed values per group. */
export class ComputedExtremes implements Accumulator {
  readonly #argument: Argument;
  /** 1 for the least, -1 for the greatest. */
  readonly #sign: number;
  readonly #charge: (bytes: number) => void;
  #best: Value[] = [];

  constructor(argument: Argument, which: "min" | "max", charge: (bytes: number) => void) {
    this.#argument = argument;
    this.#sign = which === "min" ? 1 : -1;
    this.#charge = charge;
  }

  widen(count: number): number {
    const before = this.#best.length;
    while (this.#best.length < count) this.#best.push(null);
    return (this.#best.length - before) * SLOT_BYTES;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const places = this.#argument.places(batch);
    const { cells } = this.#argument;
    for (let i = 0; i < batch.length; i++) {
      const value = cells.value(places[i]!);
      if (value === null) continue;
      const known = this.#best[groups[i]!]!;
      if (known !== null && compareNullable(value, known) * this.#sign >= 0) continue;
      this.#charge(valueBytes(value) - valueBytes(known));
      this.#best[groups[i]!] = value;
    }
  }

  value(group: number): Value {
    const value = this.#best[group]!;
    // 0 and -0 are equal, so the answer must not depend on which came first.
    return value === 0 ? 0 : value;
  }
}
