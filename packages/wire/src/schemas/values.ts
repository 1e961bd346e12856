import { ERRORS, type JsonObject, type Reason, type WireCode } from "@omnigraph/base";
import * as z from "zod";
import type { ValuesByName } from "../values.ts";
import { ENTITY_KINDS } from "../words.ts";

/** A whole number from 0 that a double holds. */
export const COUNT: z.ZodInt = z.int().min(0);

export const ENTITY_KIND: z.ZodEnum<{ node: "node"; edge: "edge" }> = z
  .enum(ENTITY_KINDS)
  .meta({ id: "EntityKind" });

/** Not a record of zod, which leaves out a member named `__proto__`. What it takes stays the object that was given. */
export const VALUES: z.ZodType<ValuesByName> = z
  .custom<ValuesByName>((value) => isObject(value) && Object.values(value).every(isValue), {
    error: "must be an object of values",
  })
  .meta({
    id: "ValuesByName",
    type: "object",
    description:
      "Values of properties or of columns, by name; [values.md](values.md) has each type. A value is null, a boolean, a number, text, or a list of these. An integer has all its digits, " +
      "whatever its size: beyond 2^53 not every reader keeps it, and the library's own reads it as a `bigint`. A sum beyond 2^53 that a double " +
      "holds exactly is written as a decimal number, `9007199254740994.0`. In rows a Date is `YYYY-MM-DD` and a DateTime ISO 8601 with " +
      "milliseconds and Z; in lines of exports and in the images of changes and conflicts they are days and milliseconds since the epoch. Floats " +
      "have the shortest decimals that read back alike, a negative zero is `-0.0`, a vector is a list of numbers.",
  });

export const JSON_OBJECT: z.ZodType<JsonObject> = z
  .custom<JsonObject>(isObject, { error: "must be an object" })
  .meta({ id: "JsonObject", type: "object", description: "Any object." });

export const REASON: z.ZodType<Reason> = z
  .custom<Reason>((value) => typeof value === "string" && Object.hasOwn(ERRORS, value), {
    error: "must be a registered reason",
  })
  .meta({
    id: "Reason",
    type: "string",
    description: "A registered reason; [errors.md](errors.md) lists them.",
  });

export const CODE: z.ZodType<WireCode> = z
  .enum([
    "unauthorized",
    "forbidden",
    "bad_request",
    "not_found",
    "method_not_allowed",
    "conflict",
    "too_many_requests",
    "internal",
  ])
  .meta({
    id: "WireCode",
    description: "A code of the contract; [errors.md](errors.md) has that of each reason.",
  });

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isValue);
  return value === null || ["boolean", "number", "bigint", "string"].includes(typeof value);
}
