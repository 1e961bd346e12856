import type { FilterOperator } from "@omnigraph/language";
import { type Column, compareAt, isNull } from "@omnigraph/storage";
import type { Cells } from "../../view/view.ts";
import { acceptedBy, accepts, holds } from "./values.ts";

/** Whether two entities pass together, by their ordinals. */
export type PairTest = (left: number, right: number) => boolean;

function comparesDirectly(column: Column): boolean {
  return column.kind !== "list" && column.kind !== "vector";
}

/** `left operator right` between properties of two entities (or of one). */
export function fieldToField(left: Cells, operator: FilterOperator, right: Cells): PairTest {
  const generic: PairTest = (a, b) => holds(operator, left.value(a), right.value(b));
  const accepted = acceptedBy(operator);
  const { base: leftBase } = left;
  const { base: rightBase } = right;
  if (accepted === null || leftBase === null || rightBase === null) return generic;
  if (!comparesDirectly(leftBase) || !comparesDirectly(rightBase)) return generic;
  const fast: PairTest = (a, b) =>
    !isNull(leftBase, a) && !isNull(rightBase, b) && accepts(accepted, compareAt(leftBase, a, rightBase, b));
  if (left.clean && right.clean) return fast;
  return (a, b) => (left.isPatched(a) || right.isPatched(b) ? generic(a, b) : fast(a, b));
}
