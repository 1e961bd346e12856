import type { Span } from "./source.ts";
import { printBraces } from "./print.ts";
import type { Comment, Trivia } from "./trivia.ts";

/** Widest line that is not broken, in characters. */
const WIDTH = 100;
const INDENT = "  ";

/** One of several things between brackets. */
export interface Item {
  readonly text: string;
  readonly span: Span;
}

/** `head { items }`, with the places of its parts in the source. */
export interface Braces {
  readonly head: string;
  readonly items: readonly Item[];
  /** From the closing brace on. */
  readonly tail: string;
  readonly start: number;
  readonly open: number;
  readonly close: number;
  readonly end: number;
}

/**
 * Writes formatted lines. A comment goes before the line of the part that it precedes or is in, or behind the line if it was
 * behind it. One blank line of the source is kept between two lines, none at the ends of a block.
 */
export class Writer {
  readonly trivia: Trivia;
  readonly #lines: string[] = [];
  #depth = 0;
  /** The end, in the source, of the last line; null at the beginning of a block. */
  #last: number | null = null;
  #spaced = false;

  constructor(trivia: Trivia) {
    this.trivia = trivia;
  }

  text(): string {
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }

  /** Puts a blank line before what is written next. */
  space(): void {
    this.#spaced = true;
  }

  fits(text: string): boolean {
    return INDENT.length * this.#depth + text.length <= WIDTH;
  }

  line(text: string, { end }: Span): void {
    this.comments(end);
    this.#push(text, end);
    for (const comment of this.trivia.takeTrailing(end)) {
      this.#lines.push(`${this.#lines.pop() ?? ""} ${comment.text}`);
      this.#last = comment.span.end;
    }
  }

  /** Writes the comments that begin before an offset. */
  comments(offset: number): void {
    for (const comment of this.trivia.takeBefore(offset)) this.#comment(comment);
  }

  /** Writes the inside of brackets, and the comments before the closing one. */
  indented(write: () => void, close: number): void {
    this.#depth++;
    this.#last = null;
    write();
    this.comments(close);
    this.#depth--;
  }

  /** The line that closes a block. */
  close(text: string, start: number, end: number): void {
    this.#last = null;
    this.line(text, { start, end });
  }

  /** Items, one a line. */
  list(items: readonly Item[]): void {
    for (const [index, { text, span }] of items.entries()) {
      this.line(index < items.length - 1 ? `${text},` : text, span);
    }
  }

  /** Writes braces on one line if they fit and have no comment inside; other comments go before it. */
  braces({ head, items, tail, start, open, close, end }: Braces): void {
    const texts = items.map(({ text }) => text);
    const line = printBraces(head, texts).slice(0, -1) + tail;
    this.comments(start);
    const whole = this.fits(line) && !this.trivia.hasWithin({ start: open, end: close });
    if (whole || items.length === 0) {
      this.line(line, { start, end });
      return;
    }
    this.line(`${head} {`, { start, end: open + 1 });
    // Comments behind the closing brace become the last ones inside, so that formatting again keeps them there.
    this.indented(() => this.list(items), end);
    this.close(tail, close, end);
  }

  /** Where the token behind these words begins, which are tokens of their own from `start` on. */
  afterWords(words: string, start: number): number {
    let at = start;
    for (const word of words.split(" ")) at = this.tokenAfter(at + word.length);
    return at;
  }

  tokenAfter(offset: number): number {
    return this.trivia.tokenAfter(offset);
  }

  /** The closing bracket after the last item of a list, which a comma may follow. */
  closerAfter(offset: number): number {
    const token = this.trivia.tokenAfter(offset);
    return this.trivia.isComma(token) ? this.trivia.tokenAfter(token + 1) : token;
  }

  #comment({ text, span }: Comment): void {
    this.#push(text, span.end);
  }

  #push(text: string, end: number): void {
    const blank = this.#spaced || (this.#last !== null && this.trivia.blankAfter(this.#last));
    if (blank && this.#lines.length > 0) this.#lines.push("");
    this.#spaced = false;
    this.#lines.push(INDENT.repeat(this.#depth) + text);
    this.#last = end;
  }
}
