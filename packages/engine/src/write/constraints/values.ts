import type { Value } from "@omnigraph/base";
import {
  type CheckConstraint,
  compilePattern,
  type EntityType,
  fitsType,
  type Property,
  roundedTo,
} from "@omnigraph/language";
import { show } from "../problem.ts";

const testers = new WeakMap<CheckConstraint, (text: string) => boolean>();

function tester(check: CheckConstraint): (text: string) => boolean {
  let test = testers.get(check);
  if (test === undefined) {
    test = compilePattern(check.pattern);
    testers.set(check, test);
  }
  return test;
}

/**
 * Why a property may not have a value: its kind, enum, required, @range or @check. Null if it may. The text is a clause that starts with
 * the name of the property.
 */
export function valueProblem(type: EntityType, property: Property, value: Value): string | null {
  if (value === null) return property.type.nullable ? null : `${property.name} is required`;
  const kind = fitsType(value, property.type);
  if (kind !== null) return `${property.name}: ${kind}`;
  if (type.kind === "edge") return null;
  const { scalar } = property.type;
  for (const range of type.ranges) {
    if (range.property !== property.id || (typeof value !== "number" && typeof value !== "bigint")) continue;
    if (!isWithin(roundedTo(scalar, value), roundedTo(scalar, range.min), roundedTo(scalar, range.max))) {
      return `${property.name}: ${show(value)} is outside @range ${range.min ?? ""}..${range.max ?? ""}`;
    }
  }
  for (const check of type.checks) {
    if (check.property === property.id && typeof value === "string" && !tester(check)(value)) {
      return `${property.name}: ${show(value)} does not match @check ${JSON.stringify(check.pattern)}`;
    }
  }
  return null;
}

/** Whether a number is within bounds; null is no bound. Numbers and bigints compare exactly. */
function isWithin(value: Value, min: Value, max: Value): boolean {
  return (min === null || value! >= min) && (max === null || value! <= max);
}

/** The value as the property stores it: 32-bit floats rounded, integers as numbers if that is exact. */
export function storedValue(property: Property, value: Value): Value {
  if (property.type.scalar === "F32") return roundedTo("F32", value);
  if (
    typeof value === "bigint" &&
    value >= BigInt(Number.MIN_SAFE_INTEGER) &&
    value <= BigInt(Number.MAX_SAFE_INTEGER)
  )
    return Number(value);
  return value;
}
