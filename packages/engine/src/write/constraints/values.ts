import type { Value } from "@omnigraph/base";
import {
  type CheckConstraint,
  compilePattern,
  type EntityType,
  fitsType,
  type Property,
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
 * Why a property may not hold a value: its kind, enum, required, @range or @check. Null when it may. The text is a clause that starts with
 * the property's name.
 */
export function valueProblem(type: EntityType, property: Property, value: Value): string | null {
  if (value === null) return property.type.nullable ? null : `${property.name} is required`;
  const kind = fitsType(value, property.type);
  if (kind !== null) return `${property.name}: ${kind}`;
  if (type.kind === "edge") return null;
  for (const range of type.ranges) {
    if (range.property !== property.id || (typeof value !== "number" && typeof value !== "bigint")) continue;
    if ((range.min !== null && value < range.min) || (range.max !== null && value > range.max)) {
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

/** The value as the property stores it: floats of 32 bits rounded, integers as numbers where those are exact. */
export function storedValue(property: Property, value: Value): Value {
  if (typeof value === "number" && property.type.scalar === "F32") return Math.fround(value);
  if (
    typeof value === "bigint" &&
    value >= BigInt(Number.MIN_SAFE_INTEGER) &&
    value <= BigInt(Number.MAX_SAFE_INTEGER)
  )
    return Number(value);
  return value;
}
