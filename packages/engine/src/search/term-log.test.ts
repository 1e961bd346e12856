import fc from "fast-check";
import { expect, it } from "vitest";
import { termsIn } from "./analysis/analyzer.ts";
import { TermLog } from "./term-log.ts";

const WORDS = [
  "tide",
  "tides",
  "the",
  "Résumé",
  "東京都",
  "x東京",
  "a-b",
  "longest-of-all-words-that-texts-have",
];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(" "));

it("texts have the terms that their words have, as often, whether all terms are kept or some", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), fc.boolean(), (texts, isFiltered) => {
      const log = new TermLog((term) => !isFiltered || term === "tide" || term === "東京");
      for (const [number, one] of texts.entries()) {
        expect(log.lengthOf(one)).toBe(termsIn(one).length);
        expect(log.append(number, one)).toBe(termsIn(one).length);
      }
      for (const term of new Set(texts.flatMap(termsIn))) {
        const expected = texts.flatMap((one, number) => {
          const count = termsIn(one).filter((other) => other === term).length;
          return count === 0 ? [] : [number, count];
        });
        const isKept = !isFiltered || term === "tide" || term === "東京";
        expect(log.terms.get(term)).toEqual(isKept ? expected : undefined);
      }
    }),
  );
});
