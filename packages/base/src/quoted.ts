/** Most characters of a quoted text that a message shows. */
const SHOWN = 120;

/** A text for a message, cut where it is long. */
export function clipped(text: string): string {
  if (text.length <= SHOWN) return text;
  // Do not cut between the two halves of a surrogate pair.
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(SHOWN - 1));
  return `${text.slice(0, isHalf ? SHOWN - 1 : SHOWN)}…`;
}

/** A text for a message, in quotes and with escapes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(clipped(text));
}
