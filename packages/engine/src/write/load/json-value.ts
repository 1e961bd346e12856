import { type JsonValue, unreachable, type Value } from "@omnigraph/base";
import { finerThanMillis, parseDate, parseDateTime, type ValueType } from "@omnigraph/language";

/**
 * Converts a JSON value to the value of a property without checking it: dates from text, vectors from arrays, 64-bit integers also from decimal text.
 * What does not convert is returned as it is, and the check of values then says what is wrong. Undefined for an object, which no type accepts.
 */
export function fromJson(json: JsonValue, type: ValueType): Value | undefined {
  if (Array.isArray(json)) return type.dimension === null ? listFromJson(json, type) : vectorFromJson(json);
  if (json !== null && typeof json === "object") return undefined;
  if (typeof json === "bigint" && (type.scalar === "F32" || type.scalar === "F64")) return Number(json);
  if (typeof json !== "string") return json;
  switch (type.scalar) {
    case "Date":
      return parseDate(json) ?? json;
    case "DateTime":
      return parseDateTime(json) ?? json;
    case "I64":
    case "U64":
      return /^-?(?:0|[1-9]\d{0,19})$/.test(json) ? BigInt(json) : json;
    case "String":
    case "Blob":
    case "Bool":
    case "I32":
    case "U32":
    case "F32":
    case "F64":
      return json;
    default:
      return unreachable(type.scalar);
  }
}

/** How many of a value's times, itself or its items, `fromJson` cuts to the millisecond. */
export function timesCut(json: JsonValue, type: ValueType): number {
  if (type.scalar !== "DateTime") return 0;
  if (Array.isArray(json))
    return json.reduce((sum: number, item: JsonValue) => sum + timesCut(item, type), 0);
  return typeof json === "string" && finerThanMillis(json) && parseDateTime(json) !== null ? 1 : 0;
}

function listFromJson(json: readonly JsonValue[], type: ValueType): Value | undefined {
  const items: Value[] = [];
  for (const item of json) {
    const value = Array.isArray(item) ? undefined : fromJson(item, type);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

function vectorFromJson(json: readonly JsonValue[]): Value | undefined {
  const vector = new Float32Array(json.length);
  for (const [index, item] of json.entries()) {
    if (typeof item !== "number" && typeof item !== "bigint") return undefined;
    vector[index] = Number(item);
  }
  return vector;
}
