import type { Value } from "@omnigraph/base";
import { compilePattern, type ComparisonOperator, type FilterOperator } from "@omnigraph/language";

/** Which outcomes of a comparison an operator accepts. */
export interface Accepted {
  readonly less: boolean;
  readonly equal: boolean;
  readonly greater: boolean;
}

const ACCEPTED: Readonly<Record<ComparisonOperator, Accepted>> = {
  "=": { less: false, equal: true, greater: false },
  "!=": { less: true, equal: false, greater: true },
  "<": { less: true, equal: false, greater: false },
  "<=": { less: true, equal: true, greater: false },
  ">": { less: false, equal: false, greater: true },
  ">=": { less: false, equal: true, greater: true },
};

/** The outcomes that a comparison operator accepts; null for other operators. */
export function acceptedBy(operator: FilterOperator): Accepted | null {
  return isComparison(operator) ? ACCEPTED[operator] : null;
}

function isComparison(operator: FilterOperator): operator is ComparisonOperator {
  return operator in ACCEPTED;
}

/** The same comparison with its sides swapped. */
export function mirrored({ less, equal, greater }: Accepted): Accepted {
  return { less: greater, equal, greater: less };
}

export function accepts(accepted: Accepted, order: number): boolean {
  return order < 0 ? accepted.less : order > 0 ? accepted.greater : accepted.equal;
}

/** Maps UTF-16 units so that comparing them gives the order of code points, which is that of UTF-8 bytes. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function compareTexts(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** The order of two values that are not null and of comparable types; numbers by their exact values. NaN when they cannot be compared. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "string") return typeof b === "string" ? compareTexts(a, b) : Number.NaN;
  if (typeof a === "boolean") return typeof b === "boolean" ? Number(a) - Number(b) : Number.NaN;
  const numeric =
    (typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint");
  if (!numeric) return Number.NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of two values of comparable types, which is total: null comes first, and of lists the first item that differs decides. */
export function compareNullable(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (!isList(a) || !isList(b)) return compareValues(a, b);
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareNullable(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Whether a value is that of a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether `left operator right` holds. Null never does. */
export function holds(operator: FilterOperator, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  const accepted = acceptedBy(operator);
  if (accepted !== null) {
    const order = compareValues(left, right);
    return !Number.isNaN(order) && accepts(accepted, order);
  }
  if (operator === "contains_item") {
    return isList(left) && left.some((item) => item !== null && compareValues(item, right) === 0);
  }
  if (typeof left !== "string" || typeof right !== "string") return false;
  if (operator === "matches") return compilePattern(right)(left);
  if (operator === "starts_with") return left.startsWith(right);
  return operator === "ends_with" ? left.endsWith(right) : left.includes(right);
}
