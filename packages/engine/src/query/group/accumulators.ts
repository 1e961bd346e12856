import { assert, present, unreachable } from "@omnigraph/base";
import type { ScalarName } from "@omnigraph/language";
import type { AggregateSpec } from "../plan/outputs.ts";
import type { RunContext } from "../run/context.ts";
import type { Accumulator } from "./accumulator.ts";
import { CountPresent, CountRows } from "./counts.ts";
import { Extremes } from "./extremes.ts";
import { FloatTotals } from "./float-totals.ts";
import { Means, type Totals, WholeTotals } from "./sums.ts";

/** The accumulator of an aggregate over the rows of a run. */
export function accumulatorOf(spec: AggregateSpec, context: RunContext): Accumulator {
  const { argument } = spec;
  if (argument === null) return new CountRows();
  const cells = context.cells(argument);
  switch (spec.function) {
    case "count":
      return new CountPresent(cells, argument.variable);
    case "min":
    case "max":
      return new Extremes(cells, argument.variable, spec.function);
    case "sum":
      return totalsOf(spec, context);
    case "avg":
      return new Means(totalsOf(spec, context));
    default:
      return unreachable(spec.function);
  }
}

function totalsOf({ argument, expr }: AggregateSpec, context: RunContext): Totals {
  const read = present(argument, "argument of a sum");
  const cells = context.cells(read);
  const scalar: ScalarName | null = read.type.scalar;
  if (scalar === "F32" || scalar === "F64") {
    return new FloatTotals(cells, read.variable, (bytes) => context.charge(bytes));
  }
  assert(
    scalar === "I32" || scalar === "U32" || scalar === "I64" || scalar === "U64",
    "sums are over numbers",
  );
  return new WholeTotals(cells, read.variable, expr.type.scalar === "U64" ? "U64" : "I64");
}
