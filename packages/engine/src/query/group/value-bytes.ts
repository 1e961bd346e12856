import type { Value } from "@omnigraph/base";

const NUMBER_BYTES = 16;

/** Bytes that a value takes in memory, about. */
export function valueBytes(value: Value): number {
  if (value === null || typeof value === "boolean") return 0;
  if (typeof value === "string") return NUMBER_BYTES + 2 * value.length;
  if (typeof value !== "object") return NUMBER_BYTES;
  let bytes = NUMBER_BYTES;
  for (const item of value) bytes += NUMBER_BYTES / 2 + valueBytes(item);
  return bytes;
}
