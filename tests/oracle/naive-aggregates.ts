import type { Value } from "@omnigraph/base";
import type { AggregateFunction, ExprType } from "@omnigraph/language";
import { exactMean, exactUnits, nearestDouble } from "../support/models/exact-floats.ts";
import { compare, NaiveOverflow } from "./naive-values.ts";

/** What each aggregate makes of values that are not null; all but a count are of one value at least. */
export const AGGREGATED: Readonly<
  Record<AggregateFunction, (values: readonly Value[], areFloats: boolean, type: ExprType) => Value>
> = {
  count: (values) => values.length,
  collect: (values) => values.toSorted(compare),
  min: (values) => values.toSorted(compare)[0] ?? null,
  max: (values) => values.toSorted(compare).at(-1) ?? null,
  avg: (values, areFloats) =>
    areFloats ? exactMean(unitsOf(values), values.length) : Number(wholeSum(values)) / values.length,
  sum: (values, areFloats, { scalar }) => {
    if (areFloats) {
      const sum = nearestDouble(unitsOf(values));
      if (!Number.isFinite(sum)) throw new NaiveOverflow("a sum left its range");
      return sum;
    }
    const sum = wholeSum(values);
    const fits = scalar === "U64" ? BigInt.asUintN(64, sum) === sum : BigInt.asIntN(64, sum) === sum;
    if (!fits) throw new NaiveOverflow("a sum left its range");
    return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
  },
};

function unitsOf(values: readonly Value[]): bigint {
  return values.reduce<bigint>((total, value) => total + exactUnits(Number(value)), 0n);
}

function wholeSum(values: readonly Value[]): bigint {
  return values.reduce<bigint>((total, value) => total + BigInt(value as number | bigint), 0n);
}
