import { parseDate, parseDateTime } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanDate, scanDateTime } from "./scan-date.ts";
import { NumberScanner } from "./scan-number.ts";

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/u;

describe("numbers from bytes", () => {
  const digits = fc.string({
    unit: fc.constantFrom(...Array.from("0123456789.eE+-")),
    minLength: 1,
    maxLength: 24,
  });
  const numbers = fc.oneof(
    digits,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.integer(), fc.nat({ max: 12 })).map(([n, scale]) => (n / 10 ** scale).toFixed(scale)),
  );

  it("numbers are taken when JSON takes them, with the same value", () => {
    const scanner = new NumberScanner();
    fc.assert(
      fc.property(numbers, (text) => {
        const bytes = Buffer.from(`${text}\n`);
        const end = scanner.read(bytes, 0);
        if (JSON_NUMBER.test(text)) {
          expect([end, scanner.value]).toEqual([text.length, Number(text)]);
          expect(scanner.integral).toBe(!/[.eE]/u.test(text));
        } else expect(end).toBeLessThan(text.length);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("dates from bytes", () => {
  const part = (max: number) => fc.nat({ max }).map((n) => String(n).padStart(2, "0"));
  const date = fc
    .tuple(fc.nat({ max: 9999 }), part(13), part(32))
    .map(([year, month, day]) => `${String(year).padStart(4, "0")}-${month}-${day}`);

  it("dates agree with the calendar wherever they are taken, and every ordinary date is taken", () => {
    fc.assert(
      fc.property(date, (text) => {
        const days = scanDate(Buffer.from(text), 0, text.length);
        const expected = parseDate(text);
        if (expected !== null && !text.startsWith("0000")) expect(days).toBe(expected);
        else expect(Number.isNaN(days)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("dates with a time agree with the calendar as well", () => {
    const time = fc.tuple(
      part(25),
      part(61),
      part(61),
      fc.constantFrom("", ".250", ".007"),
      fc.constantFrom("Z", "+02:00"),
    );
    fc.assert(
      fc.property(date, time, (day, [hour, minute, second, fraction, zone]) => {
        const text = `${day}T${hour}:${minute}:${second}${fraction}${zone}`;
        const instant = scanDateTime(Buffer.from(text), 0, text.length);
        if (!Number.isNaN(instant)) expect(instant).toBe(parseDateTime(text));
        else if (zone === "Z" && !day.startsWith("0000")) expect(parseDateTime(text)).toBeNull();
      }),
      { numRuns: 3000 },
    );
  });
});
