import { Spill } from "@omnigraph/storage";
import { expect, it } from "vitest";
import { SeededRandom } from "../../../../../tests/support/simulation/seeded-random.ts";
import { RowSorter } from "./row-sorter.ts";
import { Spilling } from "./spilling.ts";

/** Sorts rows of their key and their number; answers the numbers. */
function sorted(keys: readonly (string | null)[], limit: number, spilling: Spilling): readonly number[] {
  const sorter = new RowSorter(3, limit, spilling);
  for (const [number, text] of keys.entries()) {
    sorter.key.append(text, "String", false);
    sorter.add(Uint32Array.of(7, number, 9));
  }
  while (!sorter.step());
  const log = sorter.sorted();
  const words = log.read(0, log.length);
  const numbers: number[] = [];
  for (let at = 0; at < words.length; at += 3)
    if (words[at] === 7 && words[at + 2] === 9) numbers.push(words[at + 1]!);
  log.release();
  return numbers;
}

/** `most` is the length of the longest key. */
function drawKeys(count: number, most: number): readonly (string | null)[] {
  const random = new SeededRandom(count + most);
  return Array.from({ length: count }, () => {
    const length = random.integer(most);
    return length === 0 ? null : "k".repeat(length) + String(random.integer(20));
  });
}

it.each([
  [0, 5, Infinity, 0],
  [1, 5, Infinity, 0],
  [5000, 5, Infinity, 0],
  [5000, 700, Infinity, 0],
  [30_000, 9, Infinity, 100_000],
  [30_000, 9, 1000, 0],
  [30_000, 9, 20_000, 1000],
  [300, 40_000, 100, 0],
])(
  "%i rows with keys of up to %i letters, the first %d of them, with %i bytes of memory",
  (count, most, limit, above) => {
    const spill = new Spill();
    const spilling = new Spilling(above, spill);
    const keys = drawKeys(count, most);
    const expected = keys
      .map((text, number) => ({ text: text ?? "", number }))
      .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.number - b.number))
      .slice(0, limit);
    expect(sorted(keys, limit, spilling)).toEqual(expected.map(({ number }) => number));
    expect(spill.used).toBe(0);
  },
);

it("the first rows are kept without writing a run, however many there are", () => {
  const spill = new Spill();
  const spilling = new Spilling(1 << 16, spill);
  const sorter = new RowSorter(1, 20, spilling);
  for (let number = 0; number < 100_000; number++) {
    sorter.key.append((number * 7919) % 200_003, "I32", true);
    sorter.add(Uint32Array.of(number));
  }
  expect(spill.used).toBe(0);
  while (!sorter.step());
  expect(sorter.sorted().length).toBe(20);
});
