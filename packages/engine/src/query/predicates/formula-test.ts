import { type Formula, isJoined } from "@omnigraph/language";

/** The test of a condition, given those of what it is made of. */
export function formulaTest<Leaf extends { readonly kind: string }, Subject>(
  formula: Formula<Leaf>,
  testOf: (leaf: Leaf) => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  if (!isJoined(formula)) return testOf(formula);
  const tests = formula.parts.map((part) => formulaTest(part, testOf));
  return formula.kind === "and"
    ? (subject) => tests.every((test) => test(subject))
    : (subject) => tests.some((test) => test(subject));
}
