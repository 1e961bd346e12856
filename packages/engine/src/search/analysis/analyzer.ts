import { englishStem } from "./english-stem.ts";
import { composed, folded } from "./fold.ts";
import { isStopWord } from "./stop-words.ts";

const ASCII_WORDS = /[a-z0-9]+/gi;
const WORDS = /[\p{Alphabetic}\p{N}]+/gu;
const BEYOND_ASCII = /[\u0080-\uffff]/;
/** Scripts whose words are not told apart by spaces, or are told apart by endings that are written to them. */
const CJK =
  /([\p{Script_Extensions=Han}\p{Script_Extensions=Hira}\p{Script_Extensions=Kana}\p{Script_Extensions=Hang}]+)/u;

/** Words of more characters are no words: keys, or bytes in base 64. */
export const LONGEST_WORD = 255;
/** So many words are remembered, with their terms. */
const REMEMBERED = 1 << 16;

/**
 * Cuts texts into terms: what is compared when text is searched. docs/languages/search.md says which. It remembers words that it has seen, since texts repeat them.
 */
export class Analyzer {
  readonly #known = new Map<string, readonly string[]>();

  /** Gives the terms of a text, in their order. */
  each(text: string, take: (term: string) => void): void {
    const isAscii = !BEYOND_ASCII.test(text);
    const words = isAscii ? text.match(ASCII_WORDS) : composed(text).match(WORDS);
    if (words === null) return;
    for (const word of words) for (const term of this.#termsOf(word)) take(term);
  }

  /** The terms of a text, in their order. */
  terms(text: string): readonly string[] {
    const terms: string[] = [];
    this.each(text, (term) => terms.push(term));
    return terms;
  }

  #termsOf(word: string): readonly string[] {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    const terms = termsOf(folded(word));
    this.#known.set(word, terms);
    return terms;
  }
}

/** The terms of a word that is folded. */
function termsOf(word: string): readonly string[] {
  // Each second part is one of the script.
  return word
    .split(CJK)
    .flatMap((part, at) => (part === "" ? [] : at % 2 === 1 ? pairs(part) : stemmed(part)));
}

function stemmed(word: string): readonly string[] {
  return word.length > LONGEST_WORD || isStopWord(word) ? [] : [englishStem(word)];
}

/** Each two characters that stand beside each other; one alone is a term too. */
function pairs(text: string): readonly string[] {
  const characters = Array.from(text);
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}
