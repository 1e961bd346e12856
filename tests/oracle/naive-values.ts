import type { Value } from "@omnigraph/base";
import type { ComputedExpr, Expr, FilterOperator, OutcomeExpr, Predicate } from "@omnigraph/language";

/** A number left the range of its type. */
export class NaiveOverflow extends Error {}

/** What a condition computes left its range: which conditions are computed, and for which entities, is not promised. */
export class UncertainOverflow extends NaiveOverflow {}

/** The value of a part of an expression. */
type ValueOf = (expr: Expr) => Value;

/** What is computed of values, from left to right until the result is known, as the language says. Throws `NaiveOverflow`. */
export function computedValue({ operation, arguments: parts, type }: ComputedExpr, valueOf: ValueOf): Value {
  if (operation === "coalesce") {
    for (const part of parts) {
      const value = valueOf(part);
      if (value !== null) return type.scalar === "F64" ? Number(value) : value;
    }
    return null;
  }
  const values: Value[] = [];
  for (const part of parts) {
    const value = valueOf(part);
    if (value === null) return null;
    values.push(value);
  }
  const [a, b] = values;
  switch (operation) {
    case "lower":
      return String(a).toLowerCase();
    case "upper":
      return String(a).toUpperCase();
    case "length":
      return Array.from(Array.isArray(a) ? a : String(a)).length;
    case "/":
      return Number(b) === 0 ? null : finite(Number(a) / Number(b));
    case "negative":
      return type.scalar === "F64" ? -Number(a) : whole(-exact(a), "I64");
    case "+":
    case "-":
    case "*":
      if (type.scalar === "F64") return finite(FLOATS[operation](Number(a), Number(b)));
      return whole(WHOLES[operation](exact(a), exact(b)), type.scalar);
  }
}

const FLOATS = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
};
const WHOLES = {
  "+": (a: bigint, b: bigint) => a + b,
  "-": (a: bigint, b: bigint) => a - b,
  "*": (a: bigint, b: bigint) => a * b,
};

function exact(value: Value | undefined): bigint {
  if (typeof value !== "number" && typeof value !== "bigint") throw new TypeError("no number");
  return BigInt(value);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new NaiveOverflow("a float left its range");
  return value;
}

function whole(value: bigint, scalar: string | null): Value {
  const held = scalar === "U64" ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  if (held !== value) throw new NaiveOverflow("a whole number left its range");
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** As `truth`. */
export function outcomeValue(
  { predicate }: OutcomeExpr,
  valueOf: ValueOf,
  undecided: () => void,
): boolean | null {
  return truth(predicate, valueOf, undecided);
}

/** True, false or unknown (null). Where one part decides and another cannot be computed, `undecided` is called: then it may be an overflow too. */
export function truth(predicate: Predicate, valueOf: ValueOf, undecided: () => void): boolean | null {
  if (predicate.kind === "is_null") return (valueOf(predicate.operand) === null) !== predicate.negated;
  if (predicate.kind === "filter") {
    const left = beside(predicate.right, predicate.left, valueOf(predicate.left));
    if (left === null) return null;
    const right = beside(predicate.left, predicate.right, valueOf(predicate.right));
    if (right === null) return null;
    return satisfies(predicate.operator, left, right) !== predicate.negated;
  }
  const decisive = predicate.kind === "or";
  const truths: (boolean | null)[] = [];
  let failed: NaiveOverflow | null = null;
  for (const part of predicate.parts) {
    try {
      truths.push(truth(part, valueOf, undecided));
    } catch (error) {
      if (!(error instanceof NaiveOverflow)) throw error;
      failed = error;
    }
  }
  if (truths.includes(decisive)) {
    if (failed !== null) undecided();
    return decisive;
  }
  if (failed !== null) throw failed;
  return truths.includes(null) ? null : !decisive;
}

/** What is constant, beside a value of 32 bits: as that would hold it. */
export function beside(other: Expr, own: Expr, value: Value): Value {
  const isConstant = ({ kind }: Expr): boolean => ["literal", "parameter", "now", "fixed"].includes(kind);
  if (!isConstant(own) || isConstant(other) || other.type.scalar !== "F32" || value === null) return value;
  return Array.isArray(value) ? value.map((item) => Math.fround(Number(item))) : Math.fround(Number(value));
}

/** Order of values that are not null: numbers by value, texts by their bytes, false before true, lists by the first item that differs, then by length. */
export function compare(a: Value, b: Value): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((item, k) => k >= b.length || compare(item, b[k]) !== 0);
    if (at < 0) return a.length - b.length;
    return at >= b.length ? 1 : compare(a[at], b[at]);
  }
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if ((typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint")) {
    if (a < b) return -1;
    return a > b ? 1 : 0;
  }
  throw new TypeError(`${typeof a} is not compared with ${typeof b}`);
}

export function compareNullFirst(a: Value, b: Value): number {
  if (a === null) return b === null ? 0 : -1;
  return b === null ? 1 : compare(a, b);
}

export function satisfies(operator: FilterOperator, left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  switch (operator) {
    case "=":
      return compare(left, right) === 0;
    case "!=":
      return compare(left, right) !== 0;
    case "<":
      return compare(left, right) < 0;
    case "<=":
      return compare(left, right) <= 0;
    case ">":
      return compare(left, right) > 0;
    case ">=":
      return compare(left, right) >= 0;
    case "contains_item":
      return Array.isArray(left) && left.some((item) => compare(item, right) === 0);
    case "contains_text":
      return String(left).includes(String(right));
    case "starts_with":
      return String(left).startsWith(String(right));
    case "ends_with":
      return String(left).endsWith(String(right));
    case "matches":
      return new RegExp(String(right), "u").test(String(left));
  }
}

/** Equal for equal values of a group key. */
export function keyText(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === "string" ? JSON.stringify(item) : keyText(item))).join()}]`;
  return `${typeof value === "string" ? "text" : ""}${String(typeof value === "number" ? value + 0 : value)}`;
}
