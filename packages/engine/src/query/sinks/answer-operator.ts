import type { Outputs } from "../plan/outputs.ts";

/** How an answer is made of rows: as they come, the first ones of an order, all of them sorted, or groups of them. */
export type AnswerOperator = "collect" | "top" | "sort" | "group";

/** Up to so many the first rows are kept in a heap; for more, sorting all rows costs less. */
const HEAP_ROWS = 65_536;
/** What a row in the heap takes, about. */
const TOP_ROW_BYTES = 24;

/** The operator for a query of which so many rows are wanted, where rows beyond so many bytes go to disk. */
export function answerOperator(wanted: number, outputs: Outputs, spillAbove: number): AnswerOperator {
  if (outputs.kind === "groups") return "group";
  if (outputs.order.length === 0) return "collect";
  return wanted <= HEAP_ROWS && wanted * TOP_ROW_BYTES <= spillAbove ? "top" : "sort";
}
