import { expect, test } from "vitest";
import { toExportValue, toJsonValue } from "./json.ts";

test("answers show dates as text, exports as numbers", () => {
  expect(toJsonValue(-2728, { scalar: "Date" })).toBe("1962-07-14");
  expect(toExportValue(-2728, { scalar: "Date" })).toBe(-2728);
  expect(toJsonValue(-594613800000, { scalar: "DateTime" })).toBe("1951-02-27T21:30:00.000Z");
  expect(toExportValue(-594613800000, { scalar: "DateTime" })).toBe(-594613800000);
  expect(toJsonValue([0, 1], { scalar: "Date" })).toEqual(["1970-01-01", "1970-01-02"]);
});

test("numbers are the shortest that read back as the same value, and integers are exact", () => {
  expect(toJsonValue(Math.fround(0.1), { scalar: "F32" })).toBe(0.1);
  expect(toExportValue(Math.fround(0.1), { scalar: "F32" })).toBe(0.1);
  expect(toJsonValue(Float32Array.from([0.1, 2]), { scalar: "F32" })).toEqual([0.1, 2]);
  expect(toJsonValue(0.1, { scalar: "F64" })).toBe(0.1);
  expect(toJsonValue(9007199254740993n, { scalar: "I64" })).toBe(9007199254740993n);
});

test("null, booleans, text and lists are unchanged", () => {
  expect([null, true, "x"].map((value) => toJsonValue(value, { scalar: "String" }))).toEqual([
    null,
    true,
    "x",
  ]);
  expect(toJsonValue(["a", "b"], { scalar: "String" })).toEqual(["a", "b"]);
  expect(toExportValue([], { scalar: "I32" })).toEqual([]);
});
