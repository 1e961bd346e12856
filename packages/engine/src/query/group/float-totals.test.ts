import { isError } from "@omnigraph/base";
import type { Value } from "@omnigraph/base";
import type { ColumnType } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EntityArgument } from "./argument.ts";
import { cellsOf } from "../../../../../tests/support/models/cells.ts";
import { exactMean, exactUnits, nearestDouble } from "../../../../../tests/support/models/exact-floats.ts";
import { BATCH_ROWS } from "../run/batch.ts";
import { FloatTotals } from "./float-totals.ts";
import { Means } from "./sums.ts";
import { roundedSum, unitsOf, WideSum } from "./wide-sum.ts";

const F64: ColumnType = { scalar: "F64", list: false, dimension: null };

/** Doubles of every size, and such as cancel, round and leave the range together. */
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.constantFrom(0.1, 0.2, -0.3, 1e16, 1, -1e16, 5e-324, -5e-324, 2 ** -1022, -0, 0),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1.5e308, -1.7e308, 2 ** 970, 2 ** 1000),
);
const weight = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) },
  fc.constantFrom(2 ** 26, 2 ** 26 + 1, 2 ** 40 + 3),
);

interface Row {
  readonly value: number | null;
  readonly weight: number;
  readonly group: number;
}

const row = fc.record({ value: fc.option(double, { freq: 8 }), weight, group: fc.nat(2) });

interface Shape {
  readonly groups: number;
  readonly weighted: boolean;
  readonly patched: boolean;
}

/** What each group's sum and mean come to when the rows arrive in this order, cut into batches of at most that size. */
function totalsOf(rows: readonly Row[], { groups, weighted, patched }: Shape, size: number): unknown[] {
  const cells = cellsOf(
    F64,
    rows.map(({ value }) => value),
    patched ? "all" : "none",
  );
  const sums = new FloatTotals(new EntityArgument(cells, 0), () => {});
  const means = new Means(new FloatTotals(new EntityArgument(cells, 0), () => {}));
  for (const totals of [sums, means]) {
    totals.widen(groups);
    for (let from = 0; from < rows.length; from += size) {
      const part = rows.slice(from, from + size);
      totals.add(
        Uint32Array.from(part, (one) => one.group % groups),
        {
          length: part.length,
          slots: [Uint32Array.from(part, (_, at) => from + at)],
          weights: weighted ? Float64Array.from(part, (one) => one.weight) : null,
        },
      );
    }
  }
  return Array.from({ length: groups }, (_, group) => [
    orOverflow(() => sums.value(group)),
    means.value(group),
  ]);
}

function orOverflow(read: () => Value): unknown {
  try {
    return read();
  } catch (error) {
    if (isError(error, "number_overflow")) return "overflow";
    throw error;
  }
}

/** The same by rationals. */
function exactly(rows: readonly Row[], { groups, weighted }: Shape): unknown[] {
  return Array.from({ length: groups }, (_, group) => {
    const own = rows.filter((one) => one.value !== null && one.group % groups === group);
    if (own.length === 0) return [null, null];
    const times = (one: Row): bigint => BigInt(weighted ? one.weight : 1);
    const units = own.reduce((sum, one) => sum + exactUnits(one.value ?? 0) * times(one), 0n);
    const count = Number(own.reduce((sum, one) => sum + times(one), 0n));
    const sum = nearestDouble(units);
    return [Number.isFinite(sum) ? sum : "overflow", exactMean(units, count)];
  });
}

describe("sums and means of floats", () => {
  it("sums and means are exact and rounded once, whatever the order of the rows and their batches", () => {
    const drawn = fc.record({
      rows: fc.array(row, { maxLength: 40 }),
      order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      size: fc.integer({ min: 1, max: 40 }),
      shape: fc.record({
        groups: fc.integer({ min: 1, max: 3 }),
        weighted: fc.boolean(),
        patched: fc.boolean(),
      }),
    });
    fc.assert(
      fc.property(drawn, ({ rows, order, size, shape }) => {
        const shuffled = rows
          .map((one, at) => ({ one, rank: order[at] ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank)
          .map(({ one }) => one);
        const expected = exactly(rows, shape);
        expect(totalsOf(rows, shape, BATCH_ROWS)).toEqual(expected);
        expect(totalsOf(shuffled, shape, size)).toEqual(expected);
        expect(totalsOf(rows.toReversed(), shape, size)).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it("a sum overflows only when the result does", () => {
    const rows = (values: readonly number[]) => values.map((value) => ({ value, weight: 1, group: 0 }));
    const shape = { groups: 1, weighted: false, patched: false };
    expect(totalsOf(rows([1.5e308, 1.7e308]), shape, 9)).toEqual([["overflow", 1.6e308]]);
    expect(totalsOf(rows([1.5e308, 1.7e308, -1.7e308]), shape, 9)[0]).toEqual([1.5e308, 0.5e308]);
    expect(totalsOf(rows(Array<number>(7).fill(Number.MAX_VALUE)), shape, 9)).toEqual([
      ["overflow", Number.MAX_VALUE],
    ]);
  });

  it("sums of values of similar size need two doubles per group, and sums of values of all sizes little more", () => {
    let charged = 0;
    const values = Array.from({ length: 5000 }, (_, at) => Math.sin(at) * 1000);
    const wild = values.map((value, at) => value * 2 ** ((at % 400) - 200));
    for (const [rows, bytes] of [
      [values, 0],
      [wild, WideSum.bytes],
    ] as const) {
      charged = 0;
      const totals = new FloatTotals(
        new EntityArgument(cellsOf(F64, rows, "none"), 0),
        (more) => (charged += more),
      );
      totals.widen(1);
      const slots = [Uint32Array.from(rows, (_, at) => at)];
      totals.add(new Uint32Array(rows.length), { length: rows.length, slots, weights: null });
      expect(charged).toBe(bytes);
      expect(totals.value(0)).toBe(nearestDouble(rows.reduce((sum, value) => sum + exactUnits(value), 0n)));
    }
  });
});

describe("wide sums", () => {
  it("a wide sum holds every bit of many doubles of one size", () => {
    const wide = new WideSum();
    for (let i = 0; i < 1_000_000; i++) wide.add(-Number.MAX_VALUE);
    expect(wide.units()).toBe(exactUnits(-Number.MAX_VALUE) * 1_000_000n);
  });

  it("a wide sum rounds to the nearest double, ties to even, down to the least one", () => {
    const units = fc
      .tuple(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.nat(2080))
      .map(([n, by]) => n << BigInt(by));
    fc.assert(
      fc.property(units, (n) => {
        expect(roundedSum(n) + 0).toBe(nearestDouble(n) + 0);
      }),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(double, (value) => unitsOf(value) === exactUnits(value)));
  });
});
