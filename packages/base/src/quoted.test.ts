import { expect, test } from "vitest";
import { clipped, quoted } from "./quoted.ts";

test("a long text in a message is cut, but not within a character", () => {
  expect(clipped("ann")).toBe("ann");
  expect(clipped("x".repeat(120))).toBe("x".repeat(120));
  expect(clipped("x".repeat(10 << 20))).toBe(`${"x".repeat(120)}…`);
  expect(clipped(`${"x".repeat(119)}😀 and more`)).toBe(`${"x".repeat(119)}…`);
  expect(quoted('say "hi"\n')).toBe(String.raw`"say \"hi\"\n"`);
});
