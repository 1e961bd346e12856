import { OmnigraphError, shortestFloat32, type Value } from "@omnigraph/base";
import { MAX_DATE, MAX_DATE_TIME, MIN_DATE, MIN_DATE_TIME } from "./dates.ts";
import { formatType, type ScalarName, type ValueType } from "./value-types.ts";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Inclusive bounds of the integer scalars, exact. */
export const INTEGER_BOUNDS: Readonly<Record<"I32" | "I64" | "U32" | "U64", readonly [bigint, bigint]>> = {
  I32: [-(2n ** 31n), 2n ** 31n - 1n],
  I64: [-(2n ** 63n), 2n ** 63n - 1n],
  U32: [0n, 2n ** 32n - 1n],
  U64: [0n, 2n ** 64n - 1n],
};

/**
 * Why a value (see `Value`) does not fit a type, as a clause for a message; null when it fits. F32 values need not be
 * rounded already.
 */
export function fitsType(value: Value, type: ValueType): string | null {
  if (value === null) return type.nullable ? null : `null given for ${formatType(type)}, which has no null`;
  if (type.dimension !== null) return vectorProblem(value, type.dimension);
  if (!type.list) return scalarProblem(value, type.scalar, type.enumValues);
  if (!isList(value)) return `${show(value)} is no ${formatType(type)}`;
  for (const [index, item] of value.entries()) {
    const problem =
      item === null ? "a list holds no null" : scalarProblem(item, type.scalar, type.enumValues);
    if (problem !== null) return `item ${index + 1}: ${problem}`;
  }
  return null;
}

/**
 * A value as a property of the scalar stores it; literals and parameters are rounded too before they are compared with one. F32 is rounded to 32 bits
 * (to an infinity beyond its range), also in lists; all other values are unchanged.
 */
export function roundedTo(scalar: ScalarName | null, value: Value): Value {
  if (scalar !== "F32") return value;
  if (typeof value === "number" || typeof value === "bigint") return Math.fround(Number(value));
  return isList(value) ? value.map((item) => roundedTo(scalar, item)) : value;
}

/**
 * The identity of a node with a key: the canonical text of its one key value, or a JSON array of the texts of several, in the
 * order of `NodeType.key`. The values must fit their types.
 */
export function canonicalKeyText(values: readonly Value[], types: readonly ValueType[]): string {
  const texts = values.map((value, index) => {
    const type = types[index];
    if (type === undefined)
      throw new OmnigraphError("internal", "invariant broken: a key value without a type");
    return canonicalText(value, type.scalar);
  });
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : JSON.stringify(texts);
}

/**
 * The canonical text of one value: integers decimal, `true`/`false`, epoch days and milliseconds for Date and
 * DateTime, the shortest text of a float, both zeros `0`.
 */
export function canonicalText(value: Value, scalar: ScalarName): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) {
    return String(scalar === "F32" ? shortestFloat32(Math.fround(value)) : value);
  }
  throw new OmnigraphError("internal", `invariant broken: ${show(value)} has no canonical text`);
}

function vectorProblem(value: Value, dimension: number): string | null {
  if (!(value instanceof Float32Array)) return `${show(value)} is no Vector(${dimension})`;
  if (value.length !== dimension) return `a vector of ${value.length} numbers is no Vector(${dimension})`;
  return value.every(Number.isFinite) ? null : "a vector holds finite numbers only";
}

function scalarProblem(
  value: Value,
  scalar: ScalarName,
  enumValues: readonly string[] | null,
): string | null {
  switch (scalar) {
    case "String":
    case "Blob":
      if (typeof value !== "string") return `${show(value)} is no ${scalar}`;
      if (LONE_SURROGATE.test(value)) return `${show(value)} is no well-formed Unicode text`;
      if (enumValues === null || enumValues.includes(value)) return null;
      return `${show(value)} is none of ${enumValues.join(", ")}`;
    case "Bool":
      return typeof value === "boolean" ? null : `${show(value)} is no Bool`;
    case "I32":
    case "I64":
    case "U32":
    case "U64":
      return integerProblem(value, scalar);
    case "F32":
    case "F64": {
      if (typeof value !== "number") return `${show(value)} is no ${scalar}`;
      if (!Number.isFinite(value)) return `${value} is no finite number`;
      return scalar === "F64" || Number.isFinite(Math.fround(value))
        ? null
        : `${value} is out of range for F32`;
    }
    case "Date":
      return pointProblem(value, scalar, DATE_FORMS, MIN_DATE, MAX_DATE);
    case "DateTime":
      return pointProblem(value, scalar, DATE_TIME_FORMS, MIN_DATE_TIME, MAX_DATE_TIME);
  }
}

function integerProblem(value: Value, scalar: keyof typeof INTEGER_BOUNDS): string | null {
  const whole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (!whole) return `${show(value)} is no ${scalar}`;
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return `${value} is not exact: give integers beyond 2^53 as bigint or decimal text`;
  }
  const [min, max] = INTEGER_BOUNDS[scalar];
  return value >= min && value <= max ? null : `${value} is out of range for ${scalar}: ${min} to ${max}`;
}

/** Both ways to write a point in time, for messages. */
const DATE_FORMS = 'write it as "2026-01-31", or as a number of days since 1970-01-01';
const DATE_TIME_FORMS =
  'write it as "2026-01-31T12:00:00Z" or with another zone, or as a number of milliseconds since 1970-01-01';

function pointProblem(value: Value, scalar: string, forms: string, min: number, max: number): string | null {
  if (typeof value !== "number" || !Number.isInteger(value))
    return `${show(value)} is no ${scalar}: ${forms}`;
  return value >= min && value <= max ? null : `${value} is out of range for ${scalar}: years 0000 to 9999`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function show(value: Value): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (value instanceof Float32Array) return "a vector";
  return isList(value) ? "a list" : String(value);
}
