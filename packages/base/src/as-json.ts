import type { JsonValue } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { shown } from "./shown.ts";

const DAY_MS = 86_400_000;

/** Thrown for a value of JavaScript that has no form in JSON; the message says why. */
export class NotJson extends Error {}

/**
 * Converts a value of JavaScript to JSON: a `Date` to its ISO text (the day alone if it is midnight UTC), `toJSON` is called, undefined members are left out,
 * and bigints and float32 vectors stay. The result shares nothing with the input. Throws `NotJson`, and what the value itself throws.
 */
export function asJson(value: unknown, depth = 0): JsonValue | Float32Array {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw new NotJson(`${value} is no number in JSON`);
    case "object":
      if (value === null) return null;
      if (depth >= LIMITS.nestingDepth.value)
        throw new NotJson(`it is nested deeper than ${LIMITS.nestingDepth.value}, or holds itself`);
      return objectAsJson(value, depth + 1);
    case "undefined":
    case "function":
    case "symbol":
      throw new NotJson(`${value === undefined ? "undefined" : shown(value)} has no form in JSON`);
  }
}

function objectAsJson(value: object, depth: number): JsonValue | Float32Array {
  if (value instanceof Date) {
    const text = isoText(value);
    if (text === null) throw new NotJson("a Date in it is no time");
    return text;
  }
  // Casts: a vector takes the place of an array of numbers, and readers of the result accept both.
  if (Array.isArray(value)) return value.map((item) => asJson(item ?? null, depth)) as JsonValue;
  if (value instanceof Float32Array) return value.slice();
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set)
    throw new NotJson(`${shown(value)} has no form in JSON`);
  if ("toJSON" in value && typeof value.toJSON === "function") return asJson(value.toJSON(), depth);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, asJson(member, depth)])) as JsonValue;
}

/** The ISO 8601 text of a JavaScript Date; the day alone for midnight UTC; null for an invalid Date. */
export function isoText(date: Date): string | null {
  const ms = date.getTime();
  if (Number.isNaN(ms)) return null;
  const text = date.toISOString();
  return ms % DAY_MS === 0 ? text.slice(0, text.indexOf("T")) : text;
}
