import { tupleHash, UNIQUE_SEED } from "../../view/uniques/tuple-hash.ts";
import type { Column } from "@omnigraph/storage";

/** A hash table of the rows of a batch by a tuple, with chaining in flat arrays. Rows with a null in the tuple are left out. */
export class TupleRows {
  private readonly low: Uint32Array;
  private readonly high: Uint32Array;
  /** `heads`: for each slot the row added last, plus 1. `earlier`: for each row the one added before it to its slot, plus 1. 0 ends a chain. */
  private readonly heads: Uint32Array;
  private readonly earlier: Uint32Array;
  private readonly compared: Uint8Array;

  constructor(columns: readonly (Column | null)[], length: number) {
    let capacity = 8;
    while (capacity < length * 2) capacity *= 2;
    this.heads = new Uint32Array(capacity);
    this.earlier = new Uint32Array(length);
    this.low = new Uint32Array(length);
    this.high = new Uint32Array(length);
    this.compared = new Uint8Array(length);
    for (let row = 0; row < length; row++) {
      const token = tupleHash(columns, row, UNIQUE_SEED);
      if (token !== null) this.add(row, token.low, token.high);
    }
  }

  private add(row: number, low: number, high: number): void {
    this.low[row] = low;
    this.high[row] = high;
    this.compared[row] = 1;
    const slot = low & (this.heads.length - 1);
    this.earlier[row] = this.heads[slot]!;
    this.heads[slot] = row + 1;
  }

  /** The last row before `before` with this hash, or -1. */
  find(low: number, high: number, before: number): number {
    for (let row = this.heads[low & (this.heads.length - 1)]! - 1; row >= 0; row = this.earlier[row]! - 1) {
      if (row < before && this.low[row] === low >>> 0 && this.high[row] === high >>> 0) return row;
    }
    return -1;
  }

  /** Visits the rows whose tuple has no null, with its hash. Stops when `visit` returns false. */
  every(visit: (row: number, low: number, high: number) => boolean): boolean {
    for (let row = 0; row < this.low.length; row++) {
      if (this.compared[row] === 1 && !visit(row, this.low[row]!, this.high[row]!)) return false;
    }
    return true;
  }
}
