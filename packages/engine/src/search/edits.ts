/**
 * Tests whether a word becomes another by at most so many edits: a character inserted, deleted or replaced by another. Two characters that change places are two edits
 * (Levenshtein's distance).
 */
export function editTest(word: string, edits: number): (other: string) => boolean {
  const wanted = Array.from(word);
  let above: number[] = [];
  let row: number[] = [];
  return (other) => {
    if (other === word) return true;
    // A character takes two units of a string at most.
    if (other.length < wanted.length - edits || other.length > 2 * (wanted.length + edits)) return false;
    const given = Array.from(other);
    if (Math.abs(given.length - wanted.length) > edits) return false;
    for (let k = 0; k <= wanted.length; k++) row[k] = k;
    for (const [at, character] of given.entries()) {
      [above, row] = [row, above];
      row[0] = at + 1;
      let least = at + 1;
      for (let k = 1; k <= wanted.length; k++) {
        const replaced = above[k - 1]! + (wanted[k - 1] === character ? 0 : 1);
        row[k] = Math.min(replaced, above[k]! + 1, row[k - 1]! + 1);
        least = Math.min(least, row[k]!);
      }
      if (least > edits) return false;
    }
    return row[wanted.length]! <= edits;
  };
}

/** Tests whether a word becomes one of several. */
export function anyEditTest(words: readonly string[], edits: number): (other: string) => boolean {
  const tests = words.map((word) => editTest(word, edits));
  return (other) => tests.some((test) => test(other));
}
