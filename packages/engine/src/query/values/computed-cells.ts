import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import { compareNullable } from "../predicates/values.ts";
import type { ValueAt } from "./value-at.ts";

/** Computed values, read like a property. Each is computed whenever it is read. */
export class ComputedCells implements Cells {
  readonly base = null;
  readonly clean = true;
  readonly value: (place: number) => Value;

  constructor(values: ValueAt) {
    this.value = values;
  }

  isPatched(): boolean {
    return false;
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
