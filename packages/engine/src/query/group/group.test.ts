import type { Value } from "@omnigraph/base";
import { isError } from "@omnigraph/base";
import type { ColumnType } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EntityArgument } from "./argument.ts";
import { typedValues } from "../../../../../tests/support/generators/columns.ts";
import { cellsOf } from "../../../../../tests/support/models/cells.ts";
import type { Batch } from "../run/batch.ts";
import { ClassTable } from "./class-table.ts";
import { cellHash } from "./hash.ts";
import { OrdinalMap } from "./ordinal-map.ts";
import { FloatTotals } from "./float-totals.ts";
import { Means, WholeTotals } from "./sums.ts";

function batchOf(length: number, weights: readonly number[] | null): Batch {
  const ordinals = Uint32Array.from({ length }, (_, i) => i);
  return { length, slots: [ordinals], weights: weights === null ? null : Float64Array.from(weights) };
}

const I64: ColumnType = { scalar: "I64", list: false, dimension: null };

describe("hashes of cells", () => {
  it("hashes are equal where the cells are, read from a column or one by one", () => {
    fc.assert(
      fc.property(typedValues(), ({ type, values }) => {
        const cells = cellsOf(type, values, "none");
        const fast = cellHash(cells);
        const slow = cellHash(cellsOf(type, values, "all"));
        const hashes = values.map((_, i) => fast(i));
        expect(hashes).toEqual(values.map((_, i) => slow(i)));
        for (let i = 0; i < values.length; i++) {
          const unlike = hashes.findIndex((hash, j) => hash !== hashes[i] && cells.compare(i, j) === 0);
          expect(unlike).toBe(-1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("class tables", () => {
  it("items are numbered in the order of arrival, also where all hashes collide", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 400 }), fc.boolean(), (things, collide) => {
        const table = new ClassTable();
        const known: number[] = [];
        for (const thing of things) {
          const found = table.classOf(collide ? 1 : thing * 65_537, (other) => known[other] === thing);
          if (found === known.length) known.push(thing);
          expect(known[found]).toBe(thing);
        }
        expect(table.size).toBe(new Set(things).size);
      }),
    );
  });

  it("a map by ordinal holds what was set, few or many entries", () => {
    for (const capacity of [100, 10_000]) {
      let charged = 0;
      const map = new OrdinalMap(capacity, (bytes) => (charged += bytes));
      for (let i = 0; i < capacity; i += 7) map.set(i, i * 2);
      for (let i = 0; i < capacity; i++) expect(map.get(i)).toBe(i % 7 === 0 ? i * 2 : -1);
      expect(charged).toBe(capacity > 4096 ? capacity * 4 : 0);
    }
  });
});

describe("sums", () => {
  it("sums of 64-bit integers are exact in any order and with weights, and an overflow is refused", () => {
    const bounded = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const value = fc.option(fc.oneof(bounded, fc.bigInt({ min: -1000n, max: 1000n })), { freq: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.integer({ min: 1, max: 1 << 30 })), { maxLength: 30 }),
        fc.boolean(),
        (rows, weighted) => {
          const values = rows.map(([one]) =>
            one === null ? null : Number.isSafeInteger(Number(one)) ? Number(one) : one,
          );
          const totals = new WholeTotals(new EntityArgument(cellsOf(I64, values, "none"), 0), "I64");
          totals.widen(1);
          const weights = rows.map(([, weight]) => weight);
          totals.add(new Uint32Array(rows.length), batchOf(rows.length, weighted ? weights : null));
          const exact = rows.reduce(
            (sum, [one, weight]) => sum + (one ?? 0n) * BigInt(weighted ? weight : 1),
            0n,
          );
          if (rows.every(([one]) => one === null)) expect(totals.value(0)).toBeNull();
          else if (BigInt.asIntN(64, exact) === exact)
            expect(BigInt(totals.value(0) as number | bigint)).toBe(exact);
          else
            expect(() => totals.value(0)).toThrow(
              expect.toSatisfy((error) => isError(error, "number_overflow")),
            );
        },
      ),
      { numRuns: 400 },
    );
  });

  it("sums of 32-bit integers are exact over many batches", () => {
    const most = 2 ** 32 - 1;
    const cells = cellsOf(
      { scalar: "U32", list: false, dimension: null },
      Array<Value>(1000).fill(most),
      "none",
    );
    const totals = new WholeTotals(new EntityArgument(cells, 0), "U64");
    totals.widen(1);
    for (let i = 0; i < 2000; i++) totals.add(new Uint32Array(1000), batchOf(1000, null));
    expect(totals.value(0)).toBe(2_000_000 * most);
    totals.add(new Uint32Array(1000), batchOf(1000, Array<number>(1000).fill(2 ** 20)));
    expect(BigInt(totals.value(0) as bigint)).toBe(BigInt(most) * (2_000_000n + 1000n * 2n ** 20n));
  });

  it("sums and means of floats skip nulls", () => {
    const cells = cellsOf({ scalar: "F64", list: false, dimension: null }, [1.5, null, 4.5, null], "none");
    const totals = new FloatTotals(new EntityArgument(cells, 0), () => {});
    const means = new Means(new FloatTotals(new EntityArgument(cells, 0), () => {}));
    totals.widen(3);
    means.widen(3);
    const groups = Uint32Array.of(0, 0, 0, 1);
    totals.add(groups, batchOf(4, null));
    means.add(groups, batchOf(4, [1, 1, 3, 1]));
    expect([totals.value(0), totals.value(1), totals.value(2)]).toEqual([6, null, null]);
    expect([means.value(0), means.value(1)]).toEqual([3.75, null]);
  });
});
