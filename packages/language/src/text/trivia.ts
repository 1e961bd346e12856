import type { Span } from "./source.ts";

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

const NOTHING: readonly Comment[] = [];
const BLANK_LINE = /[ \t\r,]*\n[ \t\r]*\n/uy;

/** The comments and blank lines of a source. Each comment is handed out once, from the beginning to the end. */
export class Trivia {
  readonly #text: string;
  readonly #comments: readonly Comment[];
  #next = 0;

  /** The text must be valid for the parser. */
  constructor(text: string) {
    this.#text = text;
    this.#comments = scanComments(text);
  }

  /** The comments that begin before an offset and were not handed out yet. */
  takeBefore(offset: number): readonly Comment[] {
    const first = this.#next;
    while ((this.#comments[this.#next]?.span.start ?? Infinity) < offset) this.#next++;
    return first === this.#next ? NOTHING : this.#comments.slice(first, this.#next);
  }

  /** The comments that follow an offset on its line, with nothing but commas between. */
  takeTrailing(offset: number): readonly Comment[] {
    const first = this.#next;
    let end = offset;
    for (;;) {
      const comment = this.#comments[this.#next];
      if (comment === undefined || comment.span.start < end) break;
      if (!/^[ \t,]*$/u.test(this.#text.slice(end, comment.span.start))) break;
      end = comment.span.end;
      this.#next++;
    }
    return first === this.#next ? NOTHING : this.#comments.slice(first, this.#next);
  }

  /** Whether a comment begins within the span. */
  hasWithin({ start, end }: Span): boolean {
    let index = this.#next;
    while ((this.#comments[index]?.span.start ?? Infinity) < start) index++;
    return (this.#comments[index]?.span.start ?? Infinity) < end;
  }

  get length(): number {
    return this.#text.length;
  }

  isComma(offset: number): boolean {
    return this.#text[offset] === ",";
  }

  /** Whether a blank line follows an offset. */
  blankAfter(offset: number): boolean {
    BLANK_LINE.lastIndex = offset;
    return BLANK_LINE.test(this.#text);
  }

  /** Whether the span goes over several lines. */
  isMultiline({ start, end }: Span): boolean {
    const newline = this.#text.indexOf("\n", start);
    return newline >= 0 && newline < end;
  }

  /** The offset of the next token at or after an offset, whether the comments before it were taken or not. */
  tokenAfter(offset: number): number {
    let at = offset;
    for (let index = this.#firstFrom(offset); ; index++) {
      const blank = /[\s\ufeff]*/uy;
      blank.lastIndex = at;
      at += blank.exec(this.#text)?.[0].length ?? 0;
      while ((this.#comments[index]?.span.start ?? Infinity) < at) index++;
      const comment = this.#comments[index];
      if (comment?.span.start !== at) return at;
      at = comment.span.end;
    }
  }

  /** The position of the first comment that begins at an offset or behind it. */
  #firstFrom(offset: number): number {
    let [low, high] = [0, this.#comments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#comments[middle]!.span.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function scanComments(text: string): readonly Comment[] {
  const comments: Comment[] = [];
  const opening = /"|\/\/|\/\*/gu;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index;
    const end = match[0] === '"' ? endOfString(text, start) : endOfComment(text, start);
    if (match[0] !== '"') comments.push({ text: text.slice(start, end).trimEnd(), span: { start, end } });
    opening.lastIndex = end;
  }
  return comments;
}

function endOfComment(text: string, start: number): number {
  const block = text[start + 1] === "*";
  const close = block ? text.indexOf("*/", start + 2) : text.indexOf("\n", start);
  if (close < 0) return text.length;
  return block ? close + 2 : close;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
