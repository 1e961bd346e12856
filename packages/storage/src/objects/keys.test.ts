import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "./keys.ts";

describe("compareKeys", () => {
  it("keys are ordered by their UTF-8 bytes", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "/", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "🐘", "𐀀"),
    });
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareKeys(left, right))).toBe(Buffer.from(left).compare(Buffer.from(right)));
      }),
      { numRuns: 2_000 },
    );
  });
});
