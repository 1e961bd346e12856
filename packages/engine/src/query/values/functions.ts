import type { Value } from "@omnigraph/base";
import type { ComputedExpr } from "@omnigraph/language";
import { arithmeticAt, negativeAt } from "./arithmetic.ts";
import type { ValueAt } from "./value-at.ts";

type Operation = ComputedExpr["operation"];

function ofText(change: (text: string) => string): (operands: readonly ValueAt[]) => ValueAt {
  return ([operand]) =>
    (place) => {
      const value = operand!(place);
      return typeof value === "string" ? change(value) : null;
    };
}

/** Characters of a text (code points, however many units or bytes each takes), items of a list. */
function lengthOf(value: Value): Value {
  if (typeof value !== "string") return Array.isArray(value) ? value.length : null;
  let length = value.length;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    // The second half of a pair is no character of its own.
    if (unit >= 0xdc00 && unit < 0xe000) length--;
  }
  return length;
}

function firstPresent(scalar: string | null, operands: readonly ValueAt[]): ValueAt {
  return (place) => {
    for (const operand of operands) {
      const value = operand(place);
      if (value === null) continue;
      // A whole number among floats is one of them.
      return scalar === "F64" && (typeof value === "bigint" || typeof value === "number")
        ? Number(value)
        : value;
    }
    return null;
  };
}

const OPERATIONS: Readonly<
  Record<Operation, (operands: readonly ValueAt[], scalar: string | null, operation: Operation) => ValueAt>
> = {
  "+": ([left, right], scalar) => arithmeticAt("+", scalar, left!, right!),
  "-": ([left, right], scalar) => arithmeticAt("-", scalar, left!, right!),
  "*": ([left, right], scalar) => arithmeticAt("*", scalar, left!, right!),
  "/": ([left, right], scalar) => arithmeticAt("/", scalar, left!, right!),
  negative: ([operand], scalar) => negativeAt(scalar, operand!),
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  length:
    ([operand]) =>
    (place) =>
      lengthOf(operand!(place)),
  coalesce: (operands, scalar) => firstPresent(scalar, operands),
};

/** The values of an operation, given those of its operands. Errors (where they are read): `number_overflow`. */
export function operationAt({ operation, type }: ComputedExpr, operands: readonly ValueAt[]): ValueAt {
  return OPERATIONS[operation](operands, type.scalar, operation);
}
