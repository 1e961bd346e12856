/**
 * The English stemmer of Snowball 3 (https://snowballstem.org/algorithms/english/stemmer.html), also called Porter2. It takes
 * words without apostrophes, in lower case. R1 is what follows the first consonant after a vowel, R2 the same within R1; every character but a vowel is a consonant. In here `Y` is a
 * y that is a consonant.
 */
export function englishStem(word: string): string {
  if (word.length < 3) return word;
  const exception = EXCEPTIONS.get(word);
  if (exception !== undefined) return exception;
  const stem = new Stem(marked(word));
  stem.plural();
  stem.past();
  stem.finalY();
  stem.suffixes(STEP_2, "r1");
  stem.suffixes(STEP_3, "r1");
  stem.suffixes(STEP_4, "r2");
  stem.finalLetter();
  return stem.text.replaceAll("Y", "y");
}

/** Words that the rules would stem badly, with their stems. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((word) => [word, word] as const),
]);

/** Beginnings after which R1 begins, wherever their vowels are: `general` and `generous` are different words. */
const R1_BEGINNINGS = /^(?:gener|commun|arsen|past|univers|later|emerg|organ|inter)/;

/** Nouns that end as a verb would. */
const NOUNS_IN_ING: ReadonlySet<string> = new Set(["inn", "out", "cann", "herr", "earr", "even"]);

/** An ending: what it becomes, and which stems it may follow. */
interface Suffix {
  readonly ending: string;
  readonly becomes: string;
  readonly follows?: RegExp;
  /** Also where R2 holds for this one. */
  readonly region?: "r2";
}

function suffix(ending: string, becomes: string, more: Pick<Suffix, "follows" | "region"> = {}): Suffix {
  return { ending, becomes, ...more };
}

/** Longest endings first: only the longest that a word has is looked at. */
function longestFirst(suffixes: readonly Suffix[]): readonly Suffix[] {
  return suffixes.toSorted((a, b) => b.ending.length - a.ending.length);
}

const STEP_2 = longestFirst([
  suffix("tional", "tion"),
  suffix("enci", "ence"),
  suffix("anci", "ance"),
  suffix("abli", "able"),
  suffix("entli", "ent"),
  ...["izer", "ization"].map((ending) => suffix(ending, "ize")),
  ...["ational", "ation", "ator"].map((ending) => suffix(ending, "ate")),
  ...["alism", "aliti", "alli"].map((ending) => suffix(ending, "al")),
  suffix("fulness", "ful"),
  ...["ousli", "ousness"].map((ending) => suffix(ending, "ous")),
  ...["iveness", "iviti"].map((ending) => suffix(ending, "ive")),
  ...["biliti", "bli"].map((ending) => suffix(ending, "ble")),
  suffix("ogist", "og"),
  suffix("ogi", "og", { follows: /l$/ }),
  suffix("fulli", "ful"),
  suffix("lessli", "less"),
  suffix("li", "", { follows: /[cdeghkmnrt]$/ }),
]);

const STEP_3 = longestFirst([
  suffix("tional", "tion"),
  suffix("ational", "ate"),
  suffix("alize", "al"),
  ...["icate", "iciti", "ical"].map((ending) => suffix(ending, "ic")),
  ...["ful", "ness"].map((ending) => suffix(ending, "")),
  suffix("ative", "", { region: "r2" }),
]);

const STEP_4 = longestFirst([
  ..."al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize"
    .split(" ")
    .map((ending) => suffix(ending, "")),
  suffix("ion", "", { follows: /[st]$/ }),
]);

const VOWEL = /[aeiouy]/;
const DOUBLED = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;
/** A vowel between consonants at the end of a word, or before one consonant at its beginning. */
const SHORT_SYLLABLE = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|^past)$/;

/** With `Y` for each y that begins the word or follows a vowel. */
function marked(word: string): string {
  return word.replace(/^y/, "Y").replaceAll(/([aeiouy])y/g, "$1Y");
}

/** The place after the first consonant that follows a vowel, from a place on; the length where there is none. */
function regionAfter(word: string, from: number): number {
  const found = /[aeiouy][^aeiouy]/.exec(word.slice(from));
  return found === null ? word.length : from + found.index + 2;
}

/** A word on its way to its stem. */
class Stem {
  text: string;
  readonly #r1: number;
  readonly #r2: number;

  constructor(word: string) {
    this.text = word;
    const given = R1_BEGINNINGS.exec(word);
    this.#r1 = given === null ? regionAfter(word, 0) : given[0].length;
    this.#r2 = regionAfter(word, this.#r1);
  }

  plural(): void {
    const { text } = this;
    if (text.endsWith("sses")) this.#cut(2);
    else if (text.endsWith("ied") || text.endsWith("ies")) this.#cut(text.length > 4 ? 2 : 1);
    else if (/[^us]s$/.test(text) && VOWEL.test(text.slice(0, -2))) this.#cut(1);
  }

  past(): void {
    const found = /(?:eedly|eed|edly|ed|ingly|ing)$/.exec(this.text);
    if (found === null) return;
    const [ending] = found;
    const before = this.text.slice(0, found.index);
    if (ending.startsWith("ee")) {
      if (found.index >= this.#r1 && !/^(?:proc|exc|succ)$/.test(before)) this.text = `${before}ee`;
      return;
    }
    if (!VOWEL.test(before)) return;
    if (ending === "ing" && /^[^aeiouy]y$/.test(before)) {
      this.text = `${before.slice(0, 1)}ie`;
      return;
    }
    if (ending === "ing" && NOUNS_IN_ING.has(before)) return;
    this.text = before;
    this.#restored();
  }

  finalY(): void {
    if (/.[^aeiouy][yY]$/.test(this.text)) this.text = `${this.text.slice(0, -1)}i`;
  }

  suffixes(suffixes: readonly Suffix[], region: "r1" | "r2"): void {
    const found = suffixes.find(({ ending }) => this.text.endsWith(ending));
    if (found === undefined) return;
    const start = this.text.length - found.ending.length;
    if (start < ((found.region ?? region) === "r1" ? this.#r1 : this.#r2)) return;
    const before = this.text.slice(0, start);
    if (found.follows === undefined || found.follows.test(before)) this.text = before + found.becomes;
  }

  finalLetter(): void {
    const { text } = this;
    const start = text.length - 1;
    if (text.endsWith("e")) {
      if (start >= this.#r2 || (start >= this.#r1 && !SHORT_SYLLABLE.test(text.slice(0, -1)))) this.#cut(1);
    } else if (text.endsWith("ll") && start >= this.#r2) this.#cut(1);
  }

  /** What a verb is without its ending: `hoping` is `hope`, `hopping` is `hop`. */
  #restored(): void {
    const { text } = this;
    if (/(?:at|bl|iz)$/.test(text)) this.text += "e";
    else if (DOUBLED.test(text)) {
      if (!/^[aeo]..$/.test(text)) this.#cut(1);
    } else if (text.length <= this.#r1 && SHORT_SYLLABLE.test(text)) this.text += "e";
  }

  #cut(letters: number): void {
    this.text = this.text.slice(0, this.text.length - letters);
  }
}
