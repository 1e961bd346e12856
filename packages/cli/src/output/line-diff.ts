/** A line of a comparison: of both texts, or of one of them. */
export interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** The lines of two short texts: those of both by a longest common subsequence, before them what is only in the first, then what is only in the second. */
export function lineDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = lengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ mark: " ", text: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ mark: "-", text: old });
      i++;
    } else if (now !== undefined) {
      lines.push({ mark: "+", text: now });
      j++;
    }
  }
  return lines;
}

/** By position in both, how many lines the rests have in common. */
function lengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const common = before.map(() => Array.from(after, () => 0));
  for (let i = before.length - 1; i >= 0; i--) {
    const row = common[i] ?? [];
    for (let j = after.length - 1; j >= 0; j--)
      row[j] =
        before[i] === after[j]
          ? at(common, i + 1, j + 1) + 1
          : Math.max(at(common, i + 1, j), row[j + 1] ?? 0);
  }
  return common;
}

function at(common: readonly (readonly number[])[], i: number, j: number): number {
  return common[i]?.[j] ?? 0;
}
