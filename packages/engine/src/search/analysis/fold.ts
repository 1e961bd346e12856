/** Letters that are no ASCII letter with a mark, and the letters that stand for them. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ["æ", "ae"],
  ["ð", "d"],
  ["đ", "d"],
  ["ħ", "h"],
  ["ı", "i"],
  ["ĸ", "k"],
  ["ł", "l"],
  ["ŋ", "n"],
  ["ø", "o"],
  ["œ", "oe"],
  ["ꟹ", "oe"],
  ["ß", "ss"],
  ["þ", "th"],
  ["ŧ", "t"],
  // A sigma at the end of a word is the same letter.
  ["ς", "σ"],
]);

/** What a word may have of ASCII. */
const PLAIN = /^[a-z0-9]$/;
/** Accents that stand alone behind their letter. */
const COMBINING = /[\u0300-\u036f]/g;

/** Text in which each letter is one character, whichever way its accents are written. */
export function composed(text: string): string {
  return text.normalize("NFC").replaceAll(COMBINING, "");
}

/** A word in lower case, letter by letter, with ASCII letters and digits for those that have a form among them: `Résumé` is `resume`, `ﬁ` is `fi`. Others stay. */
export function folded(word: string): string {
  let text = "";
  for (const letter of word) text += foldedLetter(letter.toLowerCase());
  return text;
}

function foldedLetter(letter: string): string {
  if (PLAIN.test(letter)) return letter;
  let plain = "";
  for (const part of letter.normalize("NFKD").toLowerCase())
    plain += PLAIN.test(part) ? part : (SPELLED.get(part) ?? "");
  return plain === "" ? letter : plain;
}
