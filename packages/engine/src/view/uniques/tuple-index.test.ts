import fc from "fast-check";
import { expect, it } from "vitest";
import { TupleCounts } from "./tuple-counts.ts";
import { TupleIndex } from "./tuple-index.ts";

/** Tuples by number; some share a word. */
const wordsOf = (tuple: number): readonly [number, number] => [tuple % 7, 0xfffffff0 + (tuple % 5)];
const TUPLES = 35;

/** An index and what it must say. */
interface Line {
  readonly index: TupleIndex;
  readonly counts: ReadonlyMap<number, number>;
}

function after({ index, counts }: Line, changes: readonly (readonly [number, number])[]): Line {
  const next = new Map(counts);
  for (const [tuple, difference] of changes) next.set(tuple, (next.get(tuple) ?? 0) + difference);
  const write = index.after((add) => {
    for (const [tuple, difference] of changes) add(...wordsOf(tuple), difference);
  });
  return { index: write, counts: next };
}

function check({ index, counts }: Line): void {
  for (let tuple = 0; tuple < TUPLES; tuple++)
    expect(index.count(...wordsOf(tuple)), `tuple ${tuple}`).toBe(counts.get(tuple) ?? 0);
}

const empty = (): Line => ({ index: new TupleIndex(new TupleCounts(0)), counts: new Map() });

it("every index that follows one counts correctly, and the one before does not change", () => {
  const change = fc.tuple(fc.nat(TUPLES - 1), fc.constantFrom(1, -1));
  const step = fc.record({ from: fc.nat(), changes: fc.array(change, { maxLength: 6 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const lines = [empty()];
      for (const { from, changes } of steps) lines.push(after(lines[from % lines.length]!, changes));
      for (const line of lines) check(line);
    }),
  );
});

it("many changes are folded into a new table", () => {
  let line = empty();
  const early = after(line, [[3, 1]]);
  for (let i = 0; i < 12_000; i++) {
    const taken: readonly (readonly [number, number])[] = i < 10 ? [] : [[(i - 10) % TUPLES, -1]];
    line = after(line, [[i % TUPLES, 1], ...taken]);
    if (i % 3_000 === 0) check(line);
  }
  check(line);
  check(early);
});
