import type { Outputs } from "../plan/outputs.ts";
import { rowColumn } from "../result/answer-column.ts";
import type { Table } from "../result/table.ts";
import type { RunContext } from "../run/context.ts";
import type { RowStore } from "./row-store.ts";

/** The answer of some stored rows, in the order of their places. */
export function tableAt(
  store: RowStore,
  places: Uint32Array,
  outputs: Extract<Outputs, { kind: "rows" }>,
  context: RunContext,
): Table {
  const gathered = new Map(store.variables.map((variable) => [variable, store.gathered(variable, places)]));
  const columns = outputs.columns.map((expr) =>
    rowColumn(expr, context, (variable) => gathered.get(variable)!),
  );
  return { length: places.length, columns };
}
