import { shortestFloat32, type Value } from "@omnigraph/base";
import { formatDate, formatDateTime } from "./dates.ts";
import type { ScalarName } from "./value-types.ts";

/** A value as JSON shows it: a `JsonValue` that is no object. */
export type AnswerValue = null | boolean | number | bigint | string | readonly AnswerValue[];

/** The part of an `ExprType` or a `ValueType` on which JSON depends. */
interface Shown {
  readonly scalar: ScalarName | null;
}

/**
 * A value as answers show it: Date as `YYYY-MM-DD`, DateTime as ISO 8601 with milliseconds and Z, F32 and vectors as the
 * shortest decimals that read back as the same float, integers with all their digits (bigint beyond 2^53).
 */
export function toJsonValue(value: Value, type: Shown): AnswerValue {
  if (typeof value !== "number") return wholeJson(value, type, toJsonValue);
  if (type.scalar === "Date") return formatDate(value);
  if (type.scalar === "DateTime") return formatDateTime(value);
  return type.scalar === "F32" ? shortestFloat32(value) : value;
}

/** A value as exports and change images show it: as in answers, but Date in epoch days and DateTime in epoch milliseconds. */
export function toExportValue(value: Value, type: Shown): AnswerValue {
  if (typeof value !== "number") return wholeJson(value, type, toExportValue);
  return type.scalar === "F32" ? shortestFloat32(value) : value;
}

function wholeJson(
  value: Exclude<Value, number>,
  type: Shown,
  convert: (item: Value, type: Shown) => AnswerValue,
): AnswerValue {
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Float32Array) return Array.from(value, shortestFloat32);
  return value.map((item) => convert(item, type));
}
