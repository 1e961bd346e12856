import fc from "fast-check";
import type { Edit } from "../models/view-model.ts";

/** An edit of a model of so many types. Its numbers are small, so that edits meet each other. */
export function arbitraryEdit(
  types: number,
  most: { readonly picks: number; readonly values: number },
): fc.Arbitrary<Edit> {
  return fc.record({
    kind: fc.constantFrom("insert", "insert", "update", "delete"),
    type: fc.nat(types - 1),
    pick: fc.nat(most.picks),
    other: fc.nat(most.picks),
    value: fc.nat(most.values),
  });
}
