import type { Batch } from "../run/batch.ts";
import type { Table } from "../result/table.ts";

/** Where the rows of a pipeline end. */
export interface Sink {
  /** Takes rows; false when no more are wanted. */
  accept(batch: Batch): boolean;
  /** Does a bounded piece of what is left to do after the last row; true when all is done. */
  finish(): boolean;
  /** The answer, once finished. */
  table(): Table;
}
