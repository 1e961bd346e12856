import { OmnigraphError, type Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import type { Batch } from "../run/batch.ts";
import type { Argument } from "./argument.ts";
import { DistinctValues } from "./distinct-values.ts";
import { type Accumulator, doubles, widened } from "./accumulator.ts";

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

/** Different values per group, without null. */
export class CountDistinct implements Accumulator {
  readonly #argument: Argument;
  readonly #values: DistinctValues;
  #counts = new Float64Array(0);

  constructor(argument: Argument, charge: (bytes: number) => void) {
    this.#argument = argument;
    this.#values = new DistinctValues(argument, charge);
  }

  widen(count: number): number {
    const before = this.#counts.byteLength;
    this.#counts = widened(this.#counts, count, doubles);
    return this.#counts.byteLength - before;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const places = this.#argument.places(batch);
    const { cells } = this.#argument;
    for (let i = 0; i < batch.length; i++) {
      if (!cells.isNull(places[i]!) && this.#values.isNew(groups[i]!, places[i]!))
        this.#counts[groups[i]!]!++;
    }
  }

  value(group: number): Value {
    return countValue(this.#counts[group]!);
  }
}

/** Rows per group whose property is not null. */
export class CountPresent implements Accumulator {
  readonly #cells: Cells;
  readonly #argument: Argument;
  #counts = new Float64Array(0);

  constructor(argument: Argument) {
    this.#cells = argument.cells;
    this.#argument = argument;
  }

  widen(count: number): number {
    const before = this.#counts.byteLength;
    this.#counts = widened(this.#counts, count, doubles);
    return this.#counts.byteLength - before;
  }

  add(groups: Uint32Array, batch: Batch): void {
    const { weights, length } = batch;
    const ordinals = this.#argument.places(batch);
    for (let i = 0; i < length; i++) {
      if (!this.#cells.isNull(ordinals[i]!)) this.#counts[groups[i]!]! += weights === null ? 1 : weights[i]!;
    }
  }

  value(group: number): Value {
    return countValue(this.#counts[group]!);
  }
}
