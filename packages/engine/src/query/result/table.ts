import type { AnswerColumn } from "./answer-column.ts";

/** The rows of an answer, by columns. */
export interface Table {
  readonly length: number;
  readonly columns: readonly AnswerColumn[];
  /** Gives back the disk that the rows take. They must not be read afterwards. */
  release?(): void;
}
