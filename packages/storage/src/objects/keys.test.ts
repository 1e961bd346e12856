import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "./keys.ts";

describe("compareKeys", () => {
  it("orders as the bytes of UTF-8 do", () => {
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
