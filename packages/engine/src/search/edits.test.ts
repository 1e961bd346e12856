import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areNear } from "../../../../tests/oracle/naive-words.ts";
import { editTest } from "./edits.ts";

describe("words that are near others", () => {
  it.each([
    ["ocean", "osean", 1],
    ["ocean", "ocean", 0],
    ["ocean", "ocaen", 2],
    ["scan", "ocaen", 2],
    ["bread", "bred", 1],
    ["", "ab", 2],
    ["東京", "東亰", 1],
    ["𠮷", "吉", 1],
  ])("%j is %j by %i edits and no fewer", (word, other, edits) => {
    expect(editTest(word, edits)(other)).toBe(true);
    expect(editTest(other, edits)(word)).toBe(true);
    if (edits > 0) expect(editTest(word, edits - 1)(other)).toBe(false);
  });

  it("random words are near as the definition says, whatever was tested before", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "𠮷"), maxLength: 6 });
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 8 }), fc.nat({ max: 3 }), (wanted, others, edits) => {
        const test = editTest(wanted, edits);
        for (const other of others)
          expect(test(other), other).toBe(areNear(Array.from(wanted), Array.from(other), edits));
      }),
    );
  });
});
