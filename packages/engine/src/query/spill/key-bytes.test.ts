import { compareBytes } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { typedValues } from "../../../../../tests/support/generators/columns.ts";
import { cellsOf } from "../../../../../tests/support/models/cells.ts";
import { KeyBytes } from "./key-bytes.ts";

it("keys are in the order of the values, whatever follows them, and the other way round where that is asked for", () => {
  const key = new KeyBytes();
  fc.assert(
    fc.property(typedValues(), fc.boolean(), fc.array(fc.nat(2)), ({ type, values }, descending, rest) => {
      const cells = cellsOf(type, values, "none");
      const keys = values.map((_, i) => {
        key.clear();
        key.append(cells.value(i), type.scalar, descending);
        key.append(rest[i] ?? null, "I32", false);
        return key.bytes.slice(0, key.length);
      });
      let wrong = 0;
      for (const [i, a] of keys.entries()) {
        for (const [j, b] of keys.entries()) {
          const order = Math.sign(cells.compare(i, j)) * (descending ? -1 : 1);
          const tie = Math.sign((rest[i] ?? -1) - (rest[j] ?? -1));
          if (compareBytes(a, 0, a.length, b, 0, b.length) - (order || tie) !== 0) wrong++;
        }
      }
      expect(wrong).toBe(0);
    }),
    { numRuns: 200 },
  );
});

it("texts with zero bytes are in the order of their bytes", () => {
  const key = new KeyBytes();
  const texts = [
    "",
    "\u0000",
    "\u0000\u0000",
    "\u0000a",
    "a",
    "a\u0000",
    "a\u0000\u0000b",
    "a\u0001",
    "ab",
    "é",
  ];
  const keys = texts.map((text) => {
    key.clear();
    key.append(text, "String", false);
    return Buffer.from(key.bytes.subarray(0, key.length));
  });
  expect(keys.toSorted((a, b) => Buffer.compare(a, b))).toEqual(keys);
});
