import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  finerThanMillis,
  formatDate,
  formatDateTime,
  MAX_DATE,
  MAX_DATE_TIME,
  MIN_DATE,
  MIN_DATE_TIME,
  parseDate,
  parseDateTime,
} from "./dates.ts";

describe("dates", () => {
  test("dates of the whole range are read as they are written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MIN_DATE, max: MAX_DATE }),
        (days) => parseDate(formatDate(days)) === days,
      ),
    );
    const instant = fc.maxSafeInteger().filter((ms) => ms >= MIN_DATE_TIME && ms <= MAX_DATE_TIME);
    fc.assert(fc.property(instant, (ms) => parseDateTime(formatDateTime(ms)) === ms));
    expect([MIN_DATE, MAX_DATE].map(formatDate)).toEqual(["0000-01-01", "9999-12-31"]);
    expect([MIN_DATE_TIME, MAX_DATE_TIME].map(formatDateTime)).toEqual([
      "0000-01-01T00:00:00.000Z",
      "9999-12-31T23:59:59.999Z",
    ]);
  });

  test("days that the calendar lacks are refused", () => {
    expect(["1970-01-01", "1969-12-31", "2000-02-29", "2024-02-29", "1900-03-01"].map(parseDate)).toEqual([
      0, -1, 11016, 19782, -25508,
    ]);
    const none = [
      "2023-02-29",
      "1900-02-29",
      "2024-04-31",
      "2024-00-10",
      "2024-13-01",
      "2024-01-00",
      "1962-02-30",
    ];
    const other = [
      "",
      "2024-1-1",
      "31.12.1999",
      "2024-01-01T00:00:00Z",
      " 2024-01-01",
      "12024-01-01",
      "٢٠٢٤-٠١-٠١",
    ];
    expect([...none, ...other].map(parseDate)).toEqual(Array.from({ length: 14 }, () => null));
  });

  test("times have zones and fractions", () => {
    const at = (text: string): string | null => {
      const ms = parseDateTime(text);
      return ms === null ? null : formatDateTime(ms);
    };
    expect(at("2024-02-29T12:00:00+01:00")).toBe("2024-02-29T11:00:00.000Z");
    expect(at("2024-02-29T12:00:00-0530")).toBe("2024-02-29T17:30:00.000Z");
    expect(at("1962-07-14")).toBe("1962-07-14T00:00:00.000Z");
    expect(at("1962-07-14 01:02")).toBe("1962-07-14T01:02:00.000Z");
    expect(at("1954-11-20T21:00:00.2509Z")).toBe("1954-11-20T21:00:00.250Z");
    expect(at("1954-11-20t21:00:00.5z")).toBe("1954-11-20T21:00:00.500Z");
    for (const none of [
      "2024-02-30T00:00:00Z",
      "2024-01-01T24:00:00Z",
      "2024-01-01T00:60:00Z",
      "2024-01-01T00:00:60Z",
      "2024-01-01T00:00:00+24:00",
      "2024-01-01T00:00:00.Z",
      "2024-01-01Z",
      "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
      "12:00:00",
    ]) {
      expect(parseDateTime(none)).toBeNull();
    }
  });
});

test("a time is finer than a millisecond where any digit beyond the third is not zero", () => {
  for (const zone of ["", "Z", "+01:00"])
    for (let digits = 1; digits <= 9; digits++)
      for (let at = 0; at < digits; at++) {
        const fraction = "0".repeat(at) + "1" + "0".repeat(digits - at - 1);
        expect(finerThanMillis(`2026-01-31T12:00:01.${fraction}${zone}`), fraction).toBe(at >= 3);
      }
  expect(finerThanMillis("2026-01-31T12:00:01+01:59")).toBe(false);
});
