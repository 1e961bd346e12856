import { termsOf, wordsOf } from "./analysis/analyzer.ts";
import type { Postings } from "./text-index.ts";

/** The texts of a term: for each its number, and how often the term stands in it. */
export type TermTexts = readonly number[];

/** So many words are remembered, with their terms: texts repeat them. */
const REMEMBERED = 1 << 16;

/** A word that was met. */
interface KnownWord {
  /** How many terms it has. */
  readonly terms: number;
  /** The texts of those of its terms that are kept. */
  readonly texts: readonly number[][];
}

/** The terms of texts, to which texts are added one by one. Each has a number that is greater than that of the one before. */
export class TermLog {
  readonly #texts = new Map<string, number[]>();
  readonly #words = new Map<string, KnownWord>();
  readonly #isKept: (term: string) => boolean;

  /** Keeps the terms that pass. */
  constructor(isKept: (term: string) => boolean = () => true) {
    this.#isKept = isKept;
  }

  /** Adds a text; answers how many terms it has. */
  append(number: number, text: string): number {
    let length = 0;
    for (const word of wordsOf(text)) {
      const { terms, texts } = this.#words.get(word) ?? this.#learn(word);
      length += terms;
      for (const known of texts) {
        if (known[known.length - 2] === number) known[known.length - 1]!++;
        else known.push(number, 1);
      }
    }
    return length;
  }

  /** How many terms a text has. */
  lengthOf(text: string): number {
    let length = 0;
    for (const word of wordsOf(text)) length += (this.#words.get(word) ?? this.#learn(word)).terms;
    return length;
  }

  /** The terms that texts have, and those of words that were only counted, which have none. */
  get terms(): ReadonlyMap<string, TermTexts> {
    return this.#texts;
  }

  #learn(word: string): KnownWord {
    if (this.#words.size >= REMEMBERED) this.#words.clear();
    const terms = termsOf(word);
    const known = {
      terms: terms.length,
      texts: terms.filter(this.#isKept).map((term) => this.#textsOf(term)),
    };
    this.#words.set(detached(word), known);
    return known;
  }

  #textsOf(term: string): number[] {
    const known = this.#texts.get(term);
    if (known !== undefined) return known;
    const texts: number[] = [];
    this.#texts.set(term, texts);
    return texts;
  }
}

/** The same characters in memory of their own: a long word that was cut out of a text would keep all of the text in memory. */
function detached(word: string): string {
  return Buffer.from(word, "utf16le").toString("utf16le");
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
