import { unreachable } from "@omnigraph/base";
import { comparable, type ExprType, isText, itemType, showType } from "../../types/expr-types.ts";
import type { FilterOperator } from "../ir/typed-query.ts";
import type { OperatorText } from "../syntax/tree.ts";

/** The operator that a written one means for two operands, or why they do not fit. */
export type OperatorResult =
  | { readonly ok: true; readonly operator: FilterOperator }
  | { readonly ok: false; readonly reason: string };

/** `contains` is membership on a list and substring on a String, `in` is membership the other way round; the others compare values of one kind. */
export function resolveOperator(left: ExprType, operator: OperatorText, right: ExprType): OperatorResult {
  switch (operator) {
    case "contains":
      if (left.list && comparable(itemType(left), right)) return { ok: true, operator: "contains_item" };
      if (isText(left) && isText(right)) return { ok: true, operator: "contains_text" };
      return refused(left, operator, right);
    case "in":
      return right.list && comparable(left, itemType(right))
        ? { ok: true, operator: "contains_item" }
        : refused(left, operator, right);
    case "starts_with":
    case "ends_with":
    case "matches":
      return isText(left) && isText(right) ? { ok: true, operator } : refused(left, operator, right);
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparable(left, right) ? { ok: true, operator } : refused(left, operator, right);
    default:
      return unreachable(operator);
  }
}

function refused(left: ExprType, operator: OperatorText, right: ExprType): OperatorResult {
  return { ok: false, reason: `\`${operator}\` cannot compare ${showType(left)} with ${showType(right)}` };
}
