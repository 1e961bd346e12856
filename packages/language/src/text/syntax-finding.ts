import type { Finding } from "./diagnostics.ts";
import { openBracket } from "./guard.ts";
import type { ParserError } from "./parser.ts";
import { closest } from "./suggest.ts";
import type { Source, Span } from "./source.ts";

/** A common mistake, recognised by the text around a syntax error. The first hint that applies is used. */
export interface Hint {
  /** Matches the text from the place on; begins with `^`. */
  readonly at?: RegExp;
  /** Matches the text right before the place; the finding begins at its group `mark`, if it has one. */
  readonly before?: RegExp;
  /** A literal or named rule that the grammar expects there. */
  readonly expects?: string;
  readonly remedy: string | ((seen: Seen) => string);
}

/** The texts that a hint has matched. */
export interface Seen {
  /** The word or character at the place. */
  readonly found: string;
  /** Named groups of the pattern for the text before the place. */
  readonly before: Readonly<Record<string, string>>;
  /** Some text from the place on. */
  readonly rest: string;
}

/** The words in which messages name parts of a grammar. */
export interface Wording {
  /** The code of its syntax errors. */
  readonly code: string;
  /** Names for groups of expectations, larger groups first. */
  readonly groups: readonly { readonly of: readonly string[]; readonly name: string }[];
  /** The name of a rule in messages. */
  readonly names: ReadonlyMap<string, string>;
  readonly hints: readonly Hint[];
}

/** How much text before the place is matched by a hint, in UTF-16 units. */
const HINT_WINDOW = 120;
const MAX_FOUND = 40;

/** The finding for a syntax error: what was found, what was expected, and what was probably meant. */
export function syntaxFinding(source: Source, error: ParserError, wording: Wording): Finding {
  const { text } = source;
  const start = error.location.start.offset;
  const word = /[A-Za-z0-9_]+|[^]?/uy;
  word.lastIndex = start;
  const found = word.exec(text)?.[0] ?? "";
  const finding = (
    message: string,
    remedy: string,
    span: Span = { start, end: start + found.length },
  ): Finding => ({
    code: wording.code,
    severity: "error",
    span,
    message,
    remedy,
  });
  const escape = found === '"' ? unknownEscape(text, start) : null;
  if (escape !== null) {
    return finding(
      `the string that begins here holds ${escape}, which is no escape`,
      'Strings know the escapes \\" \\\\ \\n \\t \\r; write a backslash as \\\\.',
    );
  }
  if (error.expected === null) return finding(error.message, "Write a shorter one.");
  const expected = expectedNames(error);
  const end = start + found.length;
  const hinted = applyHints(text, start, found, expected, wording.hints);
  if (hinted !== null && hinted.span.end < end) {
    const meant = quoted(text.slice(hinted.span.start, hinted.span.end));
    return finding(`${meant} has no meaning here`, hinted.remedy, hinted.span);
  }
  if (found === "") {
    const message = `the source ends where ${expectedList(expected, wording)} is expected`;
    return finding(message, hinted?.remedy ?? completion(text));
  }
  const span = { start: hinted?.span.start ?? start, end };
  const message = `${quoted(text.slice(span.start, end))} stands where ${expectedList(expected, wording)} is expected`;
  return finding(message, hinted?.remedy ?? misspelt(found, expected), span);
}

function completion(text: string): string {
  const open = openBracket(text);
  if (open === null) return "Complete the source.";
  return `Close the \`${text[open]}\` of line ${lineOf(text, open)}, or complete what it holds.`;
}

interface Hinted {
  /** The span of the mistake, which may end before the place. */
  readonly span: Span;
  readonly remedy: string;
}

function applyHints(
  text: string,
  start: number,
  found: string,
  expected: ReadonlySet<string>,
  hints: readonly Hint[],
): Hinted | null {
  const window = Math.max(0, start - HINT_WINDOW);
  const lead = text.slice(window, start);
  const rest = text.slice(start, start + HINT_WINDOW);
  for (const { at, before, expects, remedy } of hints) {
    if (expects !== undefined && !expected.has(expects)) continue;
    if (at !== undefined && !at.test(rest)) continue;
    const match = before === undefined ? null : before.exec(lead);
    if (before !== undefined && match === null) continue;
    const groups = match?.groups ?? {};
    return {
      span: markedSpan(window, match, start, found),
      remedy: typeof remedy === "string" ? remedy : remedy({ found, before: groups, rest }),
    };
  }
  return null;
}

/** The span of the place together with the mark before it, if they touch; else of the mark alone, if there is one. */
function markedSpan(window: number, match: RegExpExecArray | null, start: number, found: string): Span {
  const mark = match?.groups?.["mark"];
  const end = start + found.length;
  if (match === null || mark === undefined) return { start, end };
  const from = window + match.index + match[0].indexOf(mark);
  return { start: from, end: from + mark.length === start ? end : from + mark.length };
}

/** The remedy for a misspelt keyword, or one in the wrong letter case. */
function misspelt(found: string, expected: ReadonlySet<string>): string {
  const keywords = [...expected].filter((name) => /^[a-z]\w*$/u.test(name));
  const meant = /^\w+$/u.test(found) ? closest(found, keywords) : null;
  if (meant === null) return "Write what is expected there, or take out what stands there.";
  return meant === found.toLowerCase()
    ? `Keywords are written in lower case: \`${meant}\`.`
    : `Did you mean \`${meant}\`?`;
}

function expectedNames({ expected }: ParserError): ReadonlySet<string> {
  const names = new Set<string>();
  for (const one of expected ?? []) {
    switch (one.type) {
      case "literal":
        names.add(one.text);
        break;
      case "other":
        names.add(one.description);
        break;
      case "end":
        names.add(END);
        break;
      case "class":
      case "any":
        break;
    }
  }
  return names;
}

/** The end of the source, as an expectation. */
const END = "the end";

function expectedList(expected: ReadonlySet<string>, { groups, names }: Wording): string {
  const rest = new Set(expected);
  const together: string[] = [];
  for (const { of, name } of groups) {
    if (!of.every((one) => rest.has(one))) continue;
    for (const one of of) rest.delete(one);
    together.push(name);
  }
  const ends = rest.delete(END);
  const alone = [...rest].map((one) => names.get(one) ?? `\`${one}\``).toSorted();
  const shown = [...alone, ...together, ...(ends ? [END] : [])];
  const last = shown.pop();
  if (last === undefined) return "something else";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

function quoted(text: string): string {
  const shown = text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
  return `\`${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}\``;
}

/** The first escape in a string that the languages do not know. */
function unknownEscape(text: string, start: number): string | null {
  for (let at = start + 1; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== "\\") continue;
    at++;
    if (!/["\\ntr]/.test(text[at] ?? "")) return `\\${String.fromCodePoint(text.codePointAt(at) ?? 0)}`;
  }
  return null;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
