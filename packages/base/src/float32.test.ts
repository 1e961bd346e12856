import fc from "fast-check";
import { expect, test } from "vitest";
import { shortestFloat32 } from "./float32.ts";

test("a float32 is shown as the shortest decimal that rounds to it", () => {
  expect([0.1, 0.25, 16777216, 1e-45, 3.4028235e38, -0, 1 / 3].map(Math.fround).map(shortestFloat32)).toEqual(
    [0.1, 0.25, 16777216, 1e-45, 3.4028235e38, -0, 0.33333334],
  );
});

test("every shown float32 rounds back to itself, and no shorter text does", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const shown = shortestFloat32(value);
      expect(Math.fround(shown)).toBe(value);
      const digits = shown.toExponential().replace(/e.*$/u, "").replaceAll(/[-.]/gu, "").length;
      if (digits > 1 && (!Number.isInteger(value) || Math.abs(value) >= 2 ** 24)) {
        expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }
    }),
  );
});
