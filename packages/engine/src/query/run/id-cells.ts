import type { Value } from "@omnigraph/base";
import type { Cells, EdgeRows, Ids, Rows } from "../../view/view.ts";
import { TextCells } from "../values/whole-cells.ts";

/** Ids, read like a property. */
class IdCells extends TextCells {
  readonly #ids: Ids;

  /** The ids stay readable without a lease: an answer is read after its run. */
  constructor(ids: Ids) {
    super();
    this.#ids = ids;
  }

  value(ordinal: number): Value {
    return this.#ids.idAt(ordinal);
  }

  compare(a: number, b: number): number {
    return a === b ? 0 : this.#ids.compareIds(a, b);
  }
}

/** The ids of entities. */
export function idCells(rows: Rows): Cells {
  return new IdCells(rows.withIds());
}

/** The ids of the nodes at an end of edges. */
export function endCells(rows: EdgeRows, end: "src" | "dst"): Cells {
  return new IdCells(rows.endIds(end));
}
