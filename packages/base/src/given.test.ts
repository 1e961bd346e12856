import { expect, test } from "vitest";
import { given } from "./given.ts";

test("what is undefined is absent, and null, false and 0 are given", () => {
  const values = given({ a: undefined, b: null, c: false, d: 0, e: "x" });
  expect(Object.keys(values)).toEqual(["b", "c", "d", "e"]);
  expect(values).toEqual({ b: null, c: false, d: 0, e: "x" });
});
