import type { Steps } from "@omnigraph/base";
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
    const terms = new Set(wanted);
    const log = new TermLog((term) => terms.has(term));
    const lengths = new Uint32Array(this.#capacity);
    let documents = 0;
    let total = 0;
    yield* eachText(this.#capacity, this.#textAt, (ordinal, text) => {
      const length = log.append(ordinal, text);
      lengths[ordinal] = length;
      if (length > 0) documents++;
      total += length;
    });
    return {
      postings: wanted.map((term) => postingsOf(log.terms.get(term) ?? [])),
      documents,
      terms: total,
      lengthOf: (ordinal) => lengths[ordinal]!,
    };
  }

  *near(wanted: readonly string[], edits: number): Steps<readonly string[]> {
    const log = new TermLog(anyEditTest(wanted, edits));
    yield* eachText(this.#capacity, this.#textAt, (_, text) => void log.lengthOf(text));
    return [...log.terms.keys()];
  }
}
