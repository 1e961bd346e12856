/** Control characters (C0 and C1), line and paragraph separators, and characters that change the direction of text. */
// oxlint-disable-next-line no-control-regex -- they are what must not reach a terminal
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text for a terminal, in one line: control characters, line breaks and changes of direction are shown as escapes. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

function escapeOf(unseen: string): string {
  return NAMED[unseen] ?? `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
