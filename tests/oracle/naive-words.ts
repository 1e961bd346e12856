/** Words as texts may write them, with the term that each stands for: null for words that are left out. Written by hand, from what docs/languages/search.md says. */
export const NAIVE_WORDS: ReadonlyMap<string, readonly string[] | null> = new Map<
  string,
  readonly string[] | null
>([
  ["tide", ["tide"]],
  ["Tides", ["tide"]],
  ["TIDED", ["tide"]],
  ["tied", ["tie"]],
  ["run", ["run"]],
  ["running", ["run"]],
  ["runs", ["run"]],
  ["rune", ["rune"]],
  ["ruin", ["ruin"]],
  ["ran", ["ran"]],
  ["résumé", ["resum"]],
  ["re\u0301sume\u0301", ["resum"]],
  ["Resume", ["resum"]],
  ["resumes", ["resum"]],
  ["willing", ["will"]],
  ["others", ["other"]],
  ["won", ["won"]],
  ["because", ["becaus"]],
  ["the", null],
  ["The", null],
  ["and", null],
  ["don't", null],
  ["U.S.A.", ["u"]],
  ["C3PO", ["c3po"]],
  ["１２", ["12"]],
  ["Øre", ["ore"]],
  ["straße", ["strass"]],
  ["ΟΔΟΣ", ["οδοσ"]],
  ["οδος", ["οδοσ"]],
  ["東京都", ["東京", "京都"]],
  ["京都", ["京都"]],
  ["都", ["都"]],
  ["x東京", ["x", "東京"]],
  ["🙂", null],
  ["--", null],
]);

/** The terms of words with blanks between them. */
export function naiveTerms(text: string): readonly string[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .flatMap((word) => {
      const terms = NAIVE_WORDS.get(word);
      if (terms === undefined) throw new TypeError(`no word of the model: ${word}`);
      return terms ?? [];
    });
}

/** Whether characters become others by so many insertions, deletions and replacements: every one of them is tried. */
export function areNear(from: readonly string[], to: readonly string[], edits: number): boolean {
  const [a, ...before] = from;
  const [b, ...after] = to;
  if (a === undefined || b === undefined) return Math.max(from.length, to.length) <= edits;
  if (a === b && areNear(before, after, edits)) return true;
  if (edits === 0) return false;
  return [[before, to] as const, [from, after] as const, [before, after] as const].some(([rest, other]) =>
    areNear(rest, other, edits - 1),
  );
}
