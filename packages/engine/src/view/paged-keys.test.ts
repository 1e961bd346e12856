import { atOnce } from "@omnigraph/base";
import { idColumn, sliceColumn } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { IdValues } from "./id-values.ts";
import { MemoryPool } from "./memory-pool.ts";
import { makingKeys } from "./paged-keys.ts";
import { PagedValues } from "./paged-values.ts";

const id = fc.string({ maxLength: 3 });

function paged(ids: readonly string[]): IdValues {
  const column = idColumn(ids);
  const page = (n: number): ReturnType<typeof sliceColumn> =>
    sliceColumn(column, 4 * n, Math.min(4 * n + 4, column.length));
  return new PagedValues(
    [{ kind: "paged", length: ids.length, pages: { length: ids.length, pageBits: 2, page } }],
    null,
  );
}

it("keys on disk find the ordinals of live ids, whatever the parts of the table", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(id, { maxLength: 100 }),
      fc.array(fc.boolean()),
      fc.array(id, { maxLength: 20 }),
      fc.boolean(),
      (ids, dead, others, areInMemory) => {
        const { pages } = new MemoryPool(1);
        const isLive = (ordinal: number): boolean => dead[ordinal] !== true;
        const values = areInMemory ? idColumn(ids) : paged(ids);
        const keys = atOnce(makingKeys(values, ids.length, isLive, pages, 7));
        const asked = [...ids, ...others];
        const wanted = asked.map((text) => {
          const at = ids.indexOf(text);
          return at >= 0 && isLive(at) ? at : -1;
        });
        expect(asked.map((text) => keys.find(text))).toEqual(wanted);
        expect([...keys.findAll(idColumn(asked))]).toEqual(wanted);
      },
    ),
    { numRuns: 200 },
  );
});

it("keys on disk take the disk of their slots alone once they are made", () => {
  const { pages } = new MemoryPool(1);
  const ids = Array.from({ length: 10_000 }, (_, n) => `id${n}`);
  const keys = atOnce(makingKeys(paged(ids), ids.length, () => true, pages, 1000));
  expect(pages.spill.used).toBeLessThan(10_000 * 2 * 2 * 8 + 1);
  expect(keys.find("id9999")).toBe(9999);
});
