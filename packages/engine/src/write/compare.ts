import { unreachable, type Value } from "@omnigraph/base";
import { compilePattern, type FilterOperator } from "@omnigraph/language";

const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Negative, zero or positive, as the language orders two values of one kind; NaN if they have no order. Numbers compare exactly. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : compareText(a, b);
  if (a === null || b === null || typeof a === "object" || typeof b === "object") return Number.NaN;
  if (a < b) return -1;
  return a > b ? 1 : a === b || Number(a) === Number(b) ? 0 : Number.NaN;
}

/** Whether a value satisfies a comparison. Null never does, on either side. */
export function satisfies(value: Value, operator: FilterOperator, operand: Value): boolean {
  if (value === null || operand === null) return false;
  switch (operator) {
    case "=":
      return compareValues(value, operand) === 0;
    case "!=":
      return compareValues(value, operand) !== 0;
    case "<":
      return compareValues(value, operand) < 0;
    case "<=":
      return compareValues(value, operand) <= 0;
    case ">":
      return compareValues(value, operand) > 0;
    case ">=":
      return compareValues(value, operand) >= 0;
    case "contains_item":
      return (
        Array.isArray(value) &&
        value.some((item: Value) => item !== null && compareValues(item, operand) === 0)
      );
    case "contains_text":
      return typeof value === "string" && typeof operand === "string" && value.includes(operand);
    case "starts_with":
      return typeof value === "string" && typeof operand === "string" && value.startsWith(operand);
    case "ends_with":
      return typeof value === "string" && typeof operand === "string" && value.endsWith(operand);
    case "matches":
      return typeof value === "string" && typeof operand === "string" && compilePattern(operand)(value);
    default:
      return unreachable(operator);
  }
}
