import fc from "fast-check";
import type { MergeSide } from "omnigraph";
import { STRATEGIES, type Strategy } from "../support/models/history-calls.ts";
import { historyWrite } from "./random-history.ts";
import type { Write } from "./random-writes.ts";

/** What is said about a conflict: nothing, a side for one of its entities or for what is in conflict of it, or something for each property that it lists. */
export type Choice =
  | { readonly kind: "none" }
  | { readonly kind: "take"; readonly side: MergeSide; readonly entity: number }
  | { readonly kind: "strategy"; readonly side: MergeSide; readonly entity: number }
  | { readonly kind: "cells"; readonly cells: readonly Cell[] };

/** A side, a value by its position among some that fit or do not, or that the property is left out. */
export type Cell = MergeSide | { readonly value: number } | null;

/** Two branches that meet, and what is decided of their conflicts: plain data, so that a failing case can be kept as a file. */
export interface DecisionCase {
  readonly shared: readonly Write[];
  readonly main: readonly Write[];
  readonly x: readonly Write[];
  /** Merges each branch into the other by this side and writes on, so that there are two bases; null where they meet but once. */
  readonly crossed: { readonly strategy: Strategy; readonly main: Write; readonly x: Write } | null;
  readonly strategy: Strategy | null;
  /** Used in turn, round by round. */
  readonly choices: readonly Choice[];
  readonly handle: { readonly isStarved: boolean; readonly isStaged: boolean };
}

const side = fc.constantFrom<MergeSide>("ours", "theirs");
const strategy = fc.constantFrom(...STRATEGIES);

function writes(minLength: number, maxLength: number): fc.Arbitrary<readonly Write[]> {
  return fc.array(historyWrite, { minLength, maxLength, size: "max" });
}

const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 3, arbitrary: side },
  { weight: 3, arbitrary: fc.nat({ max: 11 }).map((value) => ({ value })) },
  { weight: 1, arbitrary: fc.constant(null) },
);

const choice: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "none" as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("take" as const, "strategy" as const),
      side,
      // Mostly the conflict's own entity, at 0; else one of those in `with`.
      entity: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat({ max: 3 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("cells" as const),
      cells: fc.array(cell, { minLength: 1, maxLength: 3 }),
    }),
  },
);

/** A change of several properties of one person, which the other branch changes as well: some of them differ, some go together. */
const duel: fc.Arbitrary<Write> = fc
  .record(
    {
      email: fc.constantFrom('"a"', '"b"', '"c"', "null"),
      age: fc.integer({ min: 1, max: 5 }).map(String),
      mood: fc.constantFrom('"glad"', '"sad"', "null"),
    },
    { requiredKeys: [] },
  )
  .filter((set) => Object.keys(set).length > 0)
  .map((set): Write => {
    const assigned = Object.entries(set).map(([name, text]) => `${name}: ${text}`);
    return {
      kind: "mutate",
      source: `query q() { update Person set { ${assigned.join(", ")} } where name = "ann" }`,
    };
  });

/** What a branch does by itself, and its part of a duel where there is one. */
const ownWrites: fc.Arbitrary<readonly Write[]> = fc
  .tuple(writes(2, 4), fc.array(duel, { maxLength: 1, size: "max" }))
  .map(([some, last]) => [...some, ...last]);

export const decisionCase: fc.Arbitrary<DecisionCase> = fc.record({
  shared: writes(0, 2),
  main: ownWrites,
  x: ownWrites,
  crossed: fc.option(fc.record({ strategy, main: historyWrite, x: historyWrite }), { freq: 3 }),
  strategy: fc.option(strategy, { freq: 1 }),
  choices: fc.array(choice, { minLength: 1, maxLength: 8, size: "max" }),
  handle: fc.record({
    isStarved: fc.nat({ max: 9 }).map((n) => n === 9),
    isStaged: fc.nat({ max: 9 }).map((n) => n === 9),
  }),
});
