import type { Steps } from "@omnigraph/base";
import { Analyzer } from "./analysis/analyzer.ts";
import { anyEditTest } from "./edits.ts";
import { postingsOf, TermLog } from "./term-log.ts";
import { eachText, type Found, type TextAt, type TextIndex } from "./text-index.ts";

/** Texts whose terms are too many for memory: each question reads all of them, and keeps what was asked for. */
export class ScannedTexts implements TextIndex {
  readonly kind = "paged";
  readonly #capacity: number;
  readonly #textAt: TextAt;

  constructor(capacity: number, textAt: TextAt) {
    this.#capacity = capacity;
    this.#textAt = textAt;
  }

  *find(wanted: readonly string[]): Steps<Found> {
    const log = new TermLog(new Analyzer(), new Set(wanted));
    const lengths = new Uint32Array(this.#capacity);
    let documents = 0;
    let terms = 0;
    yield* eachText(this.#capacity, this.#textAt, (ordinal, text) => {
      const length = log.append(ordinal, text);
      lengths[ordinal] = length;
      if (length > 0) documents++;
      terms += length;
    });
    return {
      postings: wanted.map((term) => postingsOf(log.terms.get(term) ?? [])),
      documents,
      terms,
      lengthOf: (ordinal) => lengths[ordinal]!,
    };
  }

  *near(wanted: readonly string[], edits: number): Steps<readonly string[]> {
    const analyzer = new Analyzer();
    const test = anyEditTest(wanted, edits);
    const near = new Set<string>();
    yield* eachText(this.#capacity, this.#textAt, (_, text) =>
      analyzer.each(text, (term) => {
        if (!near.has(term) && test(term)) near.add(term);
      }),
    );
    return [...near];
  }
}
