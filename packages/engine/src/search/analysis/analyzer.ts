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

/** The words of a text as they are written, in their order: its runs of letters and digits. */
export function wordsOf(text: string): readonly string[] {
  return (BEYOND_ASCII.test(text) ? composed(text).match(WORDS) : text.match(ASCII_WORDS)) ?? [];
}

/** What is compared of a word when texts are searched: one term, none of a stop word, several of Chinese or Japanese. docs/languages/search.md says which. */
export function termsOf(word: string): readonly string[] {
  // Each second part is one of the script.
  return folded(word)
    .split(CJK)
    .flatMap((part, at) => (part === "" ? [] : at % 2 === 1 ? pairs(part) : stemmed(part)));
}

/** The terms of a text, in their order. */
export function termsIn(text: string): readonly string[] {
  return wordsOf(text).flatMap(termsOf);
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
