import { LIMITS, type Value } from "@omnigraph/base";

const PREFIX = "base64:";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Why a text is not allowed as the value of a Blob, or null. Content is given as `base64:…` and stored inline; anything else would be an external
 * address, and no graph allows those yet.
 */
export function blobProblem(value: Value): string | null {
  if (value === null || typeof value !== "string") return null;
  if (!value.startsWith(PREFIX)) return "external blobs are not allowed; give the content as base64:…";
  if (value.length > LIMITS.inlineBytes.value)
    return `blobs of more than ${LIMITS.inlineBytes.value} bytes of base64 are not available yet`;
  return BASE64.test(value.slice(PREFIX.length)) ? null : "what follows base64: is not base64";
}
