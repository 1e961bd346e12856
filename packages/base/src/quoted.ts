/** Most characters of somebody's text that a message shows. */
const SHOWN = 120;

/** A text as a message shows it: cut where it is long. */
export function clipped(text: string): string {
  if (text.length <= SHOWN) return text;
  // Not between the two halves of one character.
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(SHOWN - 1));
  return `${text.slice(0, isHalf ? SHOWN - 1 : SHOWN)}…`;
}

/** A text in quotes, with escapes, as a message shows it: cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(clipped(text));
}
