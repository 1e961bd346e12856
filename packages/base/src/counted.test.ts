import { expect, it } from "vitest";
import { counted } from "./counted.ts";

it("a count of one has its noun in the singular, any other count in the plural", () => {
  expect([0, 1, 2].map((n) => counted(n, "row"))).toEqual(["0 rows", "1 row", "2 rows"]);
  expect([1, 3].map((n) => counted(n, "query", "queries"))).toEqual(["1 query", "3 queries"]);
});
