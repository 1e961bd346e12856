/** Controls of both sets, the separators of lines and paragraphs, and what turns the direction of the text around it. */
// oxlint-disable-next-line no-control-regex -- they are what must not reach a terminal
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A value of others as people see it, in one line: what would steer a terminal, or break or turn the line, stands there as its escape. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

function escapeOf(unseen: string): string {
  return NAMED[unseen] ?? `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
