import type { Batch } from "../run/batch.ts";
import type { Table } from "../result/table.ts";

/** The end of a pipeline, which takes its rows. */
export interface Sink {
  /** Takes rows; false when no more are wanted. */
  accept(batch: Batch): boolean;
  /** Does a bounded part of the work after the last row; true when all is done. */
  finish(): boolean;
  /** The answer, once finished. */
  table(): Table;
}
