/** Longest name that is compared: longer ones are hardly misspelt names. */
const MAX_LENGTH = 64;

/**
 * The candidate that a misspelt name most likely means, or null where none is within so many edits (by default one in three letters). Letter case does
 * not count as a difference.
 */
export function closest(
  name: string,
  candidates: Iterable<string>,
  most: number = mostEdits(name),
): string | null {
  if (name.length > MAX_LENGTH) return null;
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Most edits for a name of this length: one in three letters. */
function mostEdits({ length }: string): number {
  return Math.max(length > 1 ? 1 : 0, Math.floor(length / 3));
}

/** A remedy that proposes the closest candidate, else lists what there is. */
export function didYouMean(name: string, candidates: readonly string[], what: string): string {
  const best = closest(name, candidates);
  if (best !== null) return `Did you mean \`${best}\`?`;
  if (candidates.length === 0) return `There is no ${what} to name.`;
  const shown = candidates.slice(0, 8).map((candidate) => `\`${candidate}\``);
  return `Name ${withArticle(what)} that exists: ${shown.join(", ")}${candidates.length > shown.length ? ", …" : ""}.`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (before[j - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
