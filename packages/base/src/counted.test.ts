import { expect, it } from "vitest";
import { counted } from "./counted.ts";

it("a number is said with its noun in the singular for one, and in the plural for any other", () => {
  expect([0, 1, 2].map((n) => counted(n, "row"))).toEqual(["0 rows", "1 row", "2 rows"]);
  expect([1, 3].map((n) => counted(n, "query", "queries"))).toEqual(["1 query", "3 queries"]);
});
