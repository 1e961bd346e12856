import type { LayerDrift, LayerEntry } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { driftFinding } from "./drift.ts";

const NOTHING = { added: [], removed: [], changed: [], rows: null, rowKeys: [], columns: [] };
const unknown = (head: number | null): LayerDrift => ({
  ...NOTHING,
  kind: "unknown",
  head,
  problem: "no answer",
});
// Cast: no more of it is looked at.
const ENTRY = { version: 3 } as LayerEntry;

test.each([
  [
    null,
    "it could not be told whether others have written to it: no answer; it is damaged, or the store fails",
  ],
  [3, "it could not be told whether others have written to it: no answer; it is damaged, or the store fails"],
  [
    5,
    "others have written versions after 3, which the graph reads, the newest is 5; it could not be told what they did: no answer; it is damaged, or the store fails",
  ],
])("of a table that cannot be read, newest version %s, no more is said than is known", (head, problem) => {
  expect(driftFinding(ENTRY, unknown(head))).toEqual({ class: "table_changed", problem });
});
