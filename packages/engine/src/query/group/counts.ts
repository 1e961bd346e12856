import { OmnigraphError, type Value } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Batch } from "../run/batch.ts";
import { type Accumulator, doubles, ordinalsOf, widened } from "./accumulator.ts";

/** A count as a value. Beyond 2^53 doubles are not exact, so that throws instead of answering a wrong number. */
function countValue(count: number): Value {
  if (Number.isSafeInteger(count)) return count;
  throw new OmnigraphError("number_overflow", "a count passed 2^53: narrow the pattern");
}

/** Rows per group. */
export class CountRows implements Accumulator {
  #counts = new Float64Array(0);

  widen(count: number): number {
    const before = this.#counts.byteLength;
    this.#counts = widened(this.#counts, count, doubles);
    return this.#counts.byteLength - before;
  }

  add(groups: Uint32Array, { weights, length }: Batch): void {
    const counts = this.#counts;
    if (weights === null) for (let i = 0; i < length; i++) counts[groups[i]!]!++;
    else for (let i = 0; i < length; i++) counts[groups[i]!]! += weights[i]!;
  }

  value(group: number): Value {
    return countValue(this.#counts[group]!);
  }
}

/** Rows per group whose property is not null. */
export class CountPresent implements Accumulator {
  readonly #cells: Cells;
  readonly #variable: VariableIndex;
  #counts = new Float64Array(0);

  constructor(cells: Cells, variable: VariableIndex) {
    this.#cells = cells;
    this.#variable = variable;
  }

  widen(count: number): number {
    const before = this.#counts.byteLength;
    this.#counts = widened(this.#counts, count, doubles);
    return this.#counts.byteLength - before;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const { weights, length } = batch;
    const ordinals = ordinalsOf(batch, this.#variable);
    for (let i = 0; i < length; i++) {
      if (!this.#cells.isNull(ordinals[i]!)) this.#counts[groups[i]!]! += weights === null ? 1 : weights[i]!;
    }
  }

  value(group: number): Value {
    return countValue(this.#counts[group]!);
  }
}
