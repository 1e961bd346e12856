import type { Value } from "@omnigraph/base";
import type { Cells, Rows } from "../../view/view.ts";

/** The ids of entities, read like a property. */
class IdCells implements Cells {
  readonly base = null;
  readonly clean = true;
  readonly #rows: Rows;

  constructor(rows: Rows) {
    // An answer is read after its run.
    this.#rows = rows.withIds();
  }

  isPatched(): boolean {
    return false;
  }

  isNull(): boolean {
    return false;
  }

  value(ordinal: number): Value {
    return this.#rows.idAt(ordinal);
  }

  number(): number {
    return Number.NaN;
  }

  compare(a: number, b: number): number {
    return a === b ? 0 : this.#rows.compareIds(a, b);
  }
}

export function idCells(rows: Rows): Cells {
  return new IdCells(rows);
}
