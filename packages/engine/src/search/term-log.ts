import type { Analyzer } from "./analysis/analyzer.ts";
import type { Postings } from "./text-index.ts";

/** The texts of a term: for each its number, and how often the term stands in it. */
export type TermTexts = readonly number[];

/** The terms of texts, to which texts are added one by one. Each has a number that is greater than that of the one before. */
export class TermLog {
  readonly #texts = new Map<string, number[]>();
  readonly #analyzer: Analyzer;
  readonly #wanted: ReadonlySet<string> | null;

  /** With `wanted` only these terms are kept. */
  constructor(analyzer: Analyzer, wanted: ReadonlySet<string> | null = null) {
    this.#analyzer = analyzer;
    this.#wanted = wanted;
  }

  /** Adds a text; answers how many terms it has. */
  append(number: number, text: string): number {
    let length = 0;
    this.#analyzer.each(text, (term) => {
      length++;
      const texts = this.#texts.get(term);
      if (texts === undefined) {
        if (this.#wanted === null || this.#wanted.has(term)) this.#texts.set(term, [number, 1]);
      } else if (texts[texts.length - 2] === number) texts[texts.length - 1]!++;
      else texts.push(number, 1);
    });
    return length;
  }

  get terms(): ReadonlyMap<string, TermTexts> {
    return this.#texts;
  }
}

/** The texts of a term as postings, where their numbers are ordinals. */
export function postingsOf(texts: TermTexts): Postings {
  const ordinals = new Uint32Array(texts.length / 2);
  const counts = new Uint32Array(ordinals.length);
  for (let k = 0; k < ordinals.length; k++) {
    ordinals[k] = texts[2 * k]!;
    counts[k] = texts[2 * k + 1]!;
  }
  return { ordinals, counts };
}
