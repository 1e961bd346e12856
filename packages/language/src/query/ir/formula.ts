/** Conditions, and others that are joined by `and` and `or`. `not` stands in none of them: it has been pushed to what they are made of. */
export type Formula<Leaf> = Leaf | Joined<Leaf>;

/** All of several conditions, or one of them. */
export interface Joined<Leaf> {
  readonly kind: "and" | "or";
  readonly parts: readonly Formula<Leaf>[];
}

interface Kinded {
  readonly kind: string;
}

/** Whether a condition is made of others. */
export function isJoined<Leaf extends Kinded>(formula: Formula<Leaf>): formula is Joined<Leaf> {
  return formula.kind === "and" || formula.kind === "or";
}

/** What a condition is made of, from left to right. */
export function partsOf<Leaf extends Kinded>(formula: Formula<Leaf>): readonly Leaf[] {
  return isJoined(formula) ? formula.parts.flatMap((part) => partsOf(part)) : [formula];
}

/** A condition in words, given the words of what it is made of. */
export function formulaText<Leaf extends Kinded>(
  formula: Formula<Leaf>,
  textOf: (leaf: Leaf) => string,
): string {
  if (!isJoined(formula)) return textOf(formula);
  const inner = (part: Formula<Leaf>): string => {
    const text = formulaText(part, textOf);
    return isJoined(part) ? `(${text})` : text;
  };
  return formula.parts.map(inner).join(` ${formula.kind} `);
}
