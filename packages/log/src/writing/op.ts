import { createHash } from "node:crypto";
import { encodeUlid, isUlid, LIMITS } from "@omnigraph/base";
import { checkLength } from "./texts.ts";

const ULID_BYTES = 16;

/**
 * The op of a client's idempotency key: a ULID is the op itself, of any other text the op is the first 128 bits of its SHA-256. Throws `usage` for a text
 * above `LIMITS.opBytes`.
 */
export function opOfKey(key: string): string {
  if (isUlid(key)) return key;
  checkLength(key, "op", LIMITS.opBytes.value);
  return encodeUlid(createHash("sha256").update(key).digest().subarray(0, ULID_BYTES));
}
