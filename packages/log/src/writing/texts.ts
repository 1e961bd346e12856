import { LIMITS, OmnigraphError } from "@omnigraph/base";

/** Throws `usage` where a text of a write exceeds its limit, before anything is written. */
export function checkTexts({
  actor,
  message,
}: {
  readonly actor: string | null;
  readonly message: string | null;
}): void {
  checkLength(actor, "actor", LIMITS.actorBytes.value);
  checkLength(message, "message", LIMITS.messageBytes.value);
}

/** Throws `usage` for a text of more than `most` bytes in UTF-8. */
export function checkLength(text: string | null, what: string, most: number): void {
  // What is no text is refused by the encoder. A UTF-16 code unit takes at most three bytes in UTF-8.
  if (typeof text !== "string" || text.length * 3 <= most) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= most) return;
  throw new OmnigraphError(
    "usage",
    `the ${what} has ${bytes} bytes, and may have ${most}; nothing was written: give a shorter one`,
    { details: { argument: what, bytes, most } },
  );
}
