import { unreachable, type Value } from "@omnigraph/base";
import { INTEGER_BOUNDS, roundedTo, type ScalarName } from "@omnigraph/language";

/** A constant converted to the type of a key property; null when no value of that type equals it. */
export function asKeyValue(constant: Value, scalar: ScalarName): Value {
  switch (scalar) {
    case "String":
      return typeof constant === "string" ? constant : null;
    case "Bool":
      return typeof constant === "boolean" ? constant : null;
    case "F64":
      return asFloat(constant);
    case "F32": {
      const float = roundedTo(scalar, constant);
      return typeof float === "number" && Number.isFinite(float) ? float : null;
    }
    case "Date":
    case "DateTime":
      return typeof constant === "number" ? constant : null;
    case "I32":
    case "U32":
    case "I64":
    case "U64":
      return asWhole(constant, scalar);
    case "Blob":
      return null;
    default:
      return unreachable(scalar);
  }
}

function asFloat(constant: Value): number | null {
  if (typeof constant === "number") return constant;
  if (typeof constant !== "bigint") return null;
  return BigInt(Number(constant)) === constant ? Number(constant) : null;
}

function asWhole(constant: Value, scalar: keyof typeof INTEGER_BOUNDS): Value {
  const whole = typeof constant === "bigint" || (typeof constant === "number" && Number.isInteger(constant));
  if (!whole) return null;
  const [least, most] = INTEGER_BOUNDS[scalar];
  if (constant < least || constant > most) return null;
  return Number.isSafeInteger(Number(constant)) ? Number(constant) : BigInt(constant);
}
