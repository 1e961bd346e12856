import { assert } from "@omnigraph/base";
import type { AggregateFunction, ExprType } from "@omnigraph/language";
import type { AggregateSpec } from "../plan/outputs.ts";
import type { RunContext } from "../run/context.ts";
import type { Account } from "./account.ts";
import type { Accumulator } from "./accumulator.ts";
import { type Argument, argumentOf } from "./argument.ts";
import { ComputedExtremes } from "./computed-extremes.ts";
import { Collected } from "./collected.ts";
import { CountDistinct, CountPresent, CountRows } from "./counts.ts";
import { Extremes } from "./extremes.ts";
import { FloatTotals } from "./float-totals.ts";
import { Means, type Totals, WholeTotals } from "./sums.ts";

/** The inputs of an accumulator. */
interface Aggregated {
  readonly argument: Argument;
  /** The type of the argument. */
  readonly of: ExprType;
  /** Each value of a group once. */
  readonly distinct: boolean;
  /** The type of the result. */
  readonly type: ExprType;
  readonly account: Account;
}

/** Makes the accumulator of each aggregate of the language. */
const ACCUMULATORS: Readonly<Record<AggregateFunction, (aggregated: Aggregated) => Accumulator>> = {
  count: ({ argument, distinct, account }) =>
    distinct ? new CountDistinct(argument, account.charge) : new CountPresent(argument),
  sum: totalsOf,
  avg: (aggregated) => new Means(totalsOf(aggregated)),
  min: (aggregated) => extremesOf(aggregated, "min"),
  max: (aggregated) => extremesOf(aggregated, "max"),
  collect: ({ argument, distinct, account }) => new Collected(argument, distinct, account.charge),
};

/** The accumulator of an aggregate over the rows of a run. */
export function accumulatorOf(
  { function: name, argument, distinct, type }: AggregateSpec,
  context: RunContext,
  account: Account,
): Accumulator {
  if (argument === null) return new CountRows();
  const of = argument.type;
  return ACCUMULATORS[name]({ argument: argumentOf(argument, context), of, distinct, type, account });
}

function extremesOf({ argument, account }: Aggregated, which: "min" | "max"): Accumulator {
  return argument.isLasting
    ? new Extremes(argument, which)
    : new ComputedExtremes(argument, which, account.charge);
}

function totalsOf({ argument, of: { scalar }, type, account }: Aggregated): Totals {
  if (scalar === "F32" || scalar === "F64") {
    return new FloatTotals(argument, account.charge);
  }
  assert(
    scalar === "I32" || scalar === "U32" || scalar === "I64" || scalar === "U64",
    "sums are over numbers",
  );
  return new WholeTotals(argument, type.scalar === "U64" ? "U64" : "I64");
}
