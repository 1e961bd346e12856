import { type Column, entryOf } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";
import { SearchCells } from "../run/search-cells.ts";

/**
 * The squares of the distances of vectors from a query: the squared differences of their 32-bit components are added in 64 bits, from the first to the last, and the sum is rounded to
 * 32. A sum that is too large is infinite.
 */
export class DistanceCells extends SearchCells {
  readonly #cells: Cells;
  readonly #query: Float32Array | null;

  /** A null query has no distances. */
  constructor(cells: Cells, query: Float32Array | null) {
    super();
    this.#cells = cells;
    this.#query = query;
  }

  matches(ordinal: number): boolean {
    return !this.isNull(ordinal);
  }

  isNull(ordinal: number): boolean {
    return this.#query === null || this.#cells.isNull(ordinal);
  }

  protected numberOf(ordinal: number): number {
    const { base, clean } = this.#cells;
    const query = this.#query!;
    if (base !== null && (clean || !this.#cells.isPatched(ordinal)))
      return storedDistance(base, ordinal, query);
    const value = this.#cells.value(ordinal);
    return value instanceof Float32Array ? distance(value, 0, query) : Number.NaN;
  }
}

function storedDistance(base: Column, ordinal: number, query: Float32Array): number {
  if (base.kind !== "vector") return Number.NaN;
  return distance(base.values, entryOf(base, ordinal) * base.dimension, query);
}

function distance(values: Float32Array, start: number, query: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < query.length; k++) {
    const difference = values[start + k]! - query[k]!;
    sum += difference * difference;
  }
  return Math.fround(sum);
}
