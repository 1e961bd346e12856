import type { Value } from "@omnigraph/base";
import { type ColumnType, columnOf, compareAt, isNull, numberAt, valueAt } from "@omnigraph/storage";
import type { Cells } from "../../../packages/engine/src/view/view.ts";

/** A column as cells. Of patched rows the base has junk; where all are patched there is none. */
export function cellsOf(
  type: ColumnType,
  values: readonly Value[],
  patched: "none" | "third" | "all",
): Cells {
  const whole = columnOf(type, values);
  const isPatched = (row: number): boolean => patched === "all" || (patched === "third" && row % 3 === 0);
  const unpatched = columnOf(
    type,
    values.map((value, row) => (isPatched(row) ? null : value)),
  );
  return {
    base: patched === "all" ? null : unpatched,
    clean: patched === "none",
    isPatched,
    isNull: (row) => isNull(whole, row),
    value: (row) => valueAt(whole, row),
    number: (row) => numberAt(whole, row),
    compare: (a, b) => compareAt(whole, a, whole, b),
  };
}
