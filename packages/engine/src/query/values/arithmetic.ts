import { OmnigraphError, type Value } from "@omnigraph/base";
import { INTEGER_BOUNDS } from "@omnigraph/language";
import type { ValueAt } from "./value-at.ts";

type Whole = number | bigint;
type WholeScalar = "I64" | "U64";

/** What two numbers come to; null where that is nothing. */
type Binary = (left: Whole, right: Whole) => Value;

function overflow(operator: string, scalar: string): OmnigraphError {
  return new OmnigraphError(
    "number_overflow",
    `the result of \`${operator}\` left the range of ${scalar}: compute with smaller numbers${scalar === "F64" ? "" : ", or multiply by 1.0 for a float"}`,
  );
}

/** A result beyond what doubles hold exactly, as values are held. */
function held(result: bigint, operator: string, scalar: WholeScalar): Value {
  const [least, most] = INTEGER_BOUNDS[scalar];
  if (result < least || result > most) throw overflow(operator, scalar);
  const number = Number(result);
  return Number.isSafeInteger(number) ? number : result;
}

const WHOLE = {
  "+": [(a: number, b: number) => a + b, (a: bigint, b: bigint) => a + b],
  "-": [(a: number, b: number) => a - b, (a: bigint, b: bigint) => a - b],
  "*": [(a: number, b: number) => a * b, (a: bigint, b: bigint) => a * b],
} as const;

/** Whole numbers, exactly. A double that is safe is exact, as its rounding would have made it unsafe. */
function wholeOperation(operator: keyof typeof WHOLE, scalar: WholeScalar): Binary {
  const [ofNumbers, ofLongs] = WHOLE[operator];
  return (left, right) => {
    if (typeof left === "number" && typeof right === "number") {
      const result = ofNumbers(left, right);
      // Of whole numbers there is no negative zero.
      if (Number.isSafeInteger(result)) return result + 0;
    }
    return held(ofLongs(BigInt(left), BigInt(right)), operator, scalar);
  };
}

function floatOperation(operator: keyof typeof WHOLE): Binary {
  const [ofNumbers] = WHOLE[operator];
  return (left, right) => finite(ofNumbers(Number(left), Number(right)), operator);
}

function finite(result: number, operator: string): number {
  if (Number.isFinite(result)) return result;
  throw overflow(operator, "F64");
}

function quotient(left: Whole, right: Whole): Value {
  const divisor = Number(right);
  return divisor === 0 ? null : finite(Number(left) / divisor, "/");
}

/** The result of an operator for the type of its result: exact for whole numbers, that of IEEE 754 for floats. Null of null, and where it divides by zero. Errors: `number_overflow`. */
export function arithmeticAt(
  operator: "+" | "-" | "*" | "/",
  scalar: string | null,
  left: ValueAt,
  right: ValueAt,
): ValueAt {
  const operation = operationOf(operator, scalar);
  return (place) => {
    const a = left(place);
    if (typeof a !== "number" && typeof a !== "bigint") return null;
    const b = right(place);
    return typeof b === "number" || typeof b === "bigint" ? operation(a, b) : null;
  };
}

function operationOf(operator: "+" | "-" | "*" | "/", scalar: string | null): Binary {
  if (operator === "/") return quotient;
  if (scalar === "F64") return floatOperation(operator);
  return wholeOperation(operator, scalar === "U64" ? "U64" : "I64");
}

/** The negative of numbers. Errors: `number_overflow`. */
export function negativeAt(scalar: string | null, operand: ValueAt): ValueAt {
  if (scalar !== "F64") return arithmeticAt("-", "I64", () => 0, operand);
  return (place) => {
    const value = operand(place);
    return typeof value === "number" || typeof value === "bigint" ? -Number(value) : null;
  };
}
