import type { AnswerColumn } from "./answer-column.ts";

/** Rows ready to be answered. */
export interface Table {
  readonly length: number;
  readonly columns: readonly AnswerColumn[];
}
