import { expect, it } from "vitest";
import { catalogOf } from "../../../../tests/support/graphs/write-graph.ts";
import { showingValues } from "./values.ts";

const SHOW = showingValues(
  catalogOf(
    "node Stay { day: Date?  at: DateTime?  days: [Date]?  count: I32? }\nedge Next: Stay -> Stay { since: Date? }",
  ),
);

it.each([
  ["day", 20_000, '"2024-10-04"'],
  ["day", null, "null"],
  ["at", 1_728_000_000_123, '"2024-10-04T00:00:00.123Z"'],
  ["days", [0, 1], '["1970-01-01","1970-01-02"]'],
  ["count", 20_000, "20000"],
  ["dropped", 20_000, "20000"],
])("a value of %s is shown by its type: %j as %s", (property, value, text) => {
  expect(SHOW("node", "Stay")(property, value)).toBe(text);
});

it("values of edges are shown by their type, and those of a type that the schema no longer has as JSON", () => {
  expect(SHOW("edge", "Next")("since", 0)).toBe('"1970-01-01"');
  expect(SHOW("edge", "Next")("from", "s1")).toBe('"s1"');
  expect(SHOW("node", "Gone")("day", 0)).toBe("0");
});
