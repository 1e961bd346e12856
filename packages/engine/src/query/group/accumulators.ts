import { assert } from "@omnigraph/base";
import type { AggregateFunction, ExprType } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { EntityExpr } from "../plan/expressions.ts";
import type { AggregateSpec } from "../plan/outputs.ts";
import type { RunContext } from "../run/context.ts";
import type { Account } from "./account.ts";
import type { Accumulator } from "./accumulator.ts";
import { CountPresent, CountRows } from "./counts.ts";
import { Extremes } from "./extremes.ts";
import { FloatTotals } from "./float-totals.ts";
import { Means, type Totals, WholeTotals } from "./sums.ts";

/** The inputs of an accumulator. */
interface Aggregated {
  readonly cells: Cells;
  readonly argument: EntityExpr;
  /** The type of the result. */
  readonly type: ExprType;
  readonly account: Account;
}

/** Makes the accumulator of each aggregate of the language. */
const ACCUMULATORS: Readonly<Record<AggregateFunction, (aggregated: Aggregated) => Accumulator>> = {
  count: ({ cells, argument }) => new CountPresent(cells, argument.variable),
  sum: totalsOf,
  avg: (aggregated) => new Means(totalsOf(aggregated)),
  min: ({ cells, argument }) => new Extremes(cells, argument.variable, "min"),
  max: ({ cells, argument }) => new Extremes(cells, argument.variable, "max"),
};

/** The accumulator of an aggregate over the rows of a run. */
export function accumulatorOf(
  { function: name, argument, expr }: AggregateSpec,
  context: RunContext,
  account: Account,
): Accumulator {
  if (argument === null) return new CountRows();
  return ACCUMULATORS[name]({ cells: context.cells(argument), argument, type: expr.type, account });
}

function totalsOf({ cells, argument, type, account }: Aggregated): Totals {
  const { scalar } = argument.type;
  if (scalar === "F32" || scalar === "F64") {
    return new FloatTotals(cells, argument.variable, account.charge);
  }
  assert(
    scalar === "I32" || scalar === "U32" || scalar === "I64" || scalar === "U64",
    "sums are over numbers",
  );
  return new WholeTotals(cells, argument.variable, type.scalar === "U64" ? "U64" : "I64");
}
