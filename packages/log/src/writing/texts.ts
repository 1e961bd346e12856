import { LIMITS, OmnigraphError } from "@omnigraph/base";

/** Refuses what a write says of itself where that is longer than its limit. Throws `usage`; nothing was written. */
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

/** Throws `usage` for a text of more bytes in UTF-8. */
export function checkLength(text: string | null, what: string, most: number): void {
  // What is no text the encoder refuses. No character takes more than three bytes for each of its UTF-16 units.
  if (typeof text !== "string" || text.length * 3 <= most) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= most) return;
  throw new OmnigraphError(
    "usage",
    `the ${what} has ${bytes} bytes, and may have ${most}; nothing was written: give a shorter one`,
    { details: { argument: what, bytes, most } },
  );
}
