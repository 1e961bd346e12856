import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TopHeap } from "./heap.ts";
import { MergeSort } from "./merge-sort.ts";

describe("the first rows of an order", () => {
  it("the first rows of an order are those that sorting puts first", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (keys, limit) => {
          const order = (a: number, b: number): number => keys[a]! - keys[b]! || a - b;
          const heap = new TopHeap(limit, order);
          for (let row = 0; row < keys.length; row++) {
            if (!heap.isFull) heap.push(row);
            else if (order(row, heap.last) < 0) heap.replaceLast(row);
          }
          const sorted = keys.map((_, row) => row).toSorted(order);
          expect([...heap.sorted()]).toEqual(sorted.slice(0, limit));
        },
      ),
    );
  });
});

describe("a sort in pieces", () => {
  it.each([0, 1, 100, 16_384, 16_385, 70_000])(
    "a sort in pieces orders %i rows, equal ones by their number",
    (count) => {
      const keys = Array.from({ length: count }, (_, row) => (row * 7919) % 1009);
      const sort = new MergeSort(count, (a, b) => keys[a]! - keys[b]!);
      let steps = 1;
      while (!sort.step()) steps++;
      const rows = sort.sorted();
      expect(rows.length).toBe(count);
      let outOfPlace = 0;
      for (let i = 1; i < count; i++) {
        const difference = keys[rows[i - 1]!]! - keys[rows[i]!]!;
        if (difference > 0 || (difference === 0 && rows[i - 1]! > rows[i]!)) outOfPlace++;
      }
      expect(outOfPlace).toBe(0);
      if (count === 70_000) expect(steps).toBeGreaterThan(10);
    },
  );
});
