import { atOnce } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { idColumn } from "../../rows/builder.ts";
import type { TextColumn } from "../../rows/column.ts";
import { checkingIndex, IndexedIds, indexing, reindexing } from "./id-index.ts";

const CASES = fc.record({
  rows: fc.integer({ min: 0, max: 600 }),
  added: fc.nat({ max: 60 }),
  gone: fc.uniqueArray(fc.nat({ max: 599 }), { maxLength: 60 }),
});

function ids(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, i) => `id-${from + i}`);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function find(indexed: IndexedIds, id: string): number {
  return indexed.findBytes(bytes(id), 0, bytes(id).length);
}

test("an index made from that of a former layer is the one that is made of the ids, or there is none", () => {
  let made = 0;
  fc.assert(
    fc.property(CASES, ({ rows, added, gone: chosen }) => {
      const former = ids(0, rows);
      const gone = Uint32Array.from(chosen.filter((row) => row < rows)).sort();
      const kept = former.filter((_, row) => !gone.includes(row));
      const column = idColumn([...kept, ...ids(rows, rows + added)]);
      const index = atOnce(indexing(idColumn(former)));
      const expected = atOnce(indexing(column));
      const found = atOnce(reindexing({ index, gone }, column));
      if (expected.bits === index.bits) expect(found).toEqual(expected);
      else expect(found).toBeNull();
      if (found !== null) made++;
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(made).toBeGreaterThan(100);
});

test("an index of other rows is not taken over", () => {
  const index = atOnce(indexing(idColumn(ids(0, 20))));
  const twice = { ...index, entries: index.entries.map((word, k) => (k % 2 === 1 ? 3 : word)) };
  const gone = Uint32Array.of(3);
  expect(atOnce(reindexing({ index: twice, gone }, idColumn(ids(0, 19))))).toBeNull();
  expect(atOnce(reindexing({ index, gone: new Uint32Array(0) }, idColumn(ids(0, 18))))).toBeNull();
});

test("every id is found by an index, and no other", () => {
  const column: TextColumn = idColumn(ids(0, 5000));
  const indexed = new IndexedIds(column, atOnce(indexing(column)));
  for (const [row, id] of ids(0, 5000).entries()) expect(find(indexed, id)).toBe(row);
  for (const id of ["", "id-", "id-5000", "id-00"]) expect(find(indexed, id)).toBe(-1);
  const none = idColumn([]);
  expect(find(new IndexedIds(none, atOnce(indexing(none))), "id-0")).toBe(-1);
});

test("an index is right where it is the one that is made of the ids, and with any other word it is not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.nat(),
      fc.nat({ max: 2 ** 32 - 1 }),
      (rows, at, word) => {
        const column = idColumn(ids(0, rows));
        const index = atOnce(indexing(column));
        expect(atOnce(checkingIndex(index, column))).toBe(true);
        const words = index.starts.length + index.entries.length;
        const [starts, entries] = [index.starts.slice(), index.entries.slice()];
        const [changed, k] =
          at % words < starts.length
            ? ([starts, at % words] as const)
            : ([entries, (at % words) - starts.length] as const);
        fc.pre(changed[k] !== word);
        changed[k] = word;
        expect(atOnce(checkingIndex({ ...index, starts, entries }, column))).toBe(false);
        expect(atOnce(checkingIndex(index, idColumn(ids(1, rows + 1))))).toBe(false);
        expect(atOnce(checkingIndex(index, idColumn(ids(0, rows + 1))))).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
