import { atOnce } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { idColumn } from "../rows/builder.ts";
import { textAt } from "../rows/access.ts";
import { decodeTombstones, encodeTombstones, sortingIds } from "./tombstones.ts";

function sorted(texts: readonly string[]): readonly string[] {
  const ids = atOnce(sortingIds(idColumn(texts)));
  return Array.from({ length: ids.length }, (_, i) => textAt(ids, i));
}

function naive(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

test("ids are sorted by their bytes, each once, however many there are", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 60 }), (texts) => {
      expect(sorted(texts)).toEqual(naive(texts));
    }),
    { numRuns: 200, seed: 5 },
  );
  for (const count of [1023, 1024, 1025, 2048, 2049, 5000, 10_000]) {
    const texts = Array.from({ length: count }, (_, i) => `id-${(i * 7919) % (count - (count >> 3))}`);
    expect(sorted(texts)).toEqual(naive(texts));
  }
});

test("tombstones read back", () => {
  const ids = atOnce(sortingIds(idColumn(["b", "a", "b"])));
  expect(decodeTombstones(encodeTombstones(ids), "place")).toEqual(ids);
});

test("many ids are sorted in steps", () => {
  const steps = sortingIds(idColumn(Array.from({ length: 20_000 }, (_, i) => `id-${(i * 7919) % 20_000}`)));
  let pauses = 0;
  while (steps.next().done !== true) pauses++;
  expect(pauses).toBeGreaterThan(20);
});
