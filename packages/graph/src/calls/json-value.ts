import { type JsonValue, LIMITS } from "@omnigraph/base";
import { isoText } from "@omnigraph/language";
import { shown } from "./check.ts";

/** Why a value of JavaScript has no form in JSON. */
export class NotJson extends Error {}

/**
 * A value of JavaScript as the JSON that it stands for: a `Date` is its ISO text, the day alone where it is midnight UTC; members that are undefined
 * are left out; `toJSON` is honoured; bigints and float32 vectors stay. It shares nothing with what was given. Throws `NotJson`, and what the value itself throws.
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
  // Casts: a vector stands where an array of its numbers would, and whoever reads the result takes both.
  if (Array.isArray(value)) return value.map((item) => asJson(item ?? null, depth)) as JsonValue;
  if (value instanceof Float32Array) return value.slice();
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set)
    throw new NotJson(`${shown(value)} has no form in JSON`);
  if ("toJSON" in value && typeof value.toJSON === "function") return asJson(value.toJSON(), depth);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, asJson(member, depth)])) as JsonValue;
}
