import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import { WholeCells } from "../values/whole-cells.ts";

/** The cells of what an optional block binds: null where it has bound nothing. */
export class OptionalCells extends WholeCells {
  readonly #cells: Cells;
  readonly #none: number;

  /** `none` is the ordinal that stands for nothing. */
  constructor(cells: Cells, none: number) {
    super();
    this.#cells = cells;
    this.#none = none;
  }

  isNull(ordinal: number): boolean {
    return ordinal === this.#none || this.#cells.isNull(ordinal);
  }

  value(ordinal: number): Value {
    return ordinal === this.#none ? null : this.#cells.value(ordinal);
  }

  number(ordinal: number): number {
    return ordinal === this.#none ? Number.NaN : this.#cells.number(ordinal);
  }

  compare(a: number, b: number): number {
    if (a !== this.#none && b !== this.#none) return this.#cells.compare(a, b);
    return Number(this.isNull(b)) - Number(this.isNull(a));
  }
}
