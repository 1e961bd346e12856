import type { Value } from "@omnigraph/base";
import { compareNullable } from "../predicates/values.ts";
import { WholeCells } from "./whole-cells.ts";
import type { ValueAt } from "./value-at.ts";

/** Computed values, read like a property. Each is computed whenever it is read. */
export class ComputedCells extends WholeCells {
  readonly value: (place: number) => Value;

  constructor(values: ValueAt) {
    super();
    this.value = values;
  }

  isNull(place: number): boolean {
    return this.value(place) === null;
  }

  number(place: number): number {
    const value = this.value(place);
    return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean"
      ? Number(value)
      : Number.NaN;
  }

  compare(a: number, b: number): number {
    return compareNullable(this.value(a), this.value(b));
  }
}
