import type { Values } from "@omnigraph/base";
import type { Residence, View } from "../../view/view.ts";
import { coldLookup, execute } from "../execute.ts";
import type { Ordered } from "../plan/planner.ts";
import { type WantedRows, wantedRows } from "../plan/wanted-rows.ts";
import type { Plan } from "../prepared-plan.ts";
import { type RunLimits, spillAbove } from "../run/context.ts";
import { answerOperator } from "../sinks/answer-operator.ts";
import { inputsOf, type PlanInput } from "./inputs.ts";
import { MeasuredRun, type RunTotals } from "./measured-run.ts";
import type { PlanStep } from "./plan-step.ts";
import { type Measures, PlanTree } from "./plan-tree.ts";

/** How a read is run over a view. */
export interface ExplainedRead {
  /** In the order in which they run; the last one makes the answer. */
  readonly steps: readonly PlanStep[];
  readonly inputs: readonly PlanInput[];
}

/** How a read was run, with what it came to. */
export interface AnalyzedRead extends ExplainedRead {
  readonly totals: RunTotals & { readonly rows: number };
}

/** The plan of a read over a view. Nothing is read but the numbers of entities. Parameters may be left out: what they would limit is all. */
export function explainRead(plan: Plan, view: View, parameters: Values, limits: RunLimits): ExplainedRead {
  const order = plan.ordered(view);
  const { before, isLookup } = situation(plan, order, view);
  const wanted = wantedRows(plan.query, parameters);
  return {
    steps: stepsOf(plan, order, view, { limits, wanted }),
    inputs: inputsOf(order.needs, before, view, isLookup),
  };
}

/** Runs a read over a view as `execute` does, and answers its plan with what each step came to. Errors: as `execute`. */
export async function analyzeRead(
  plan: Plan,
  view: View,
  parameters: Values,
  limits: RunLimits,
): Promise<AnalyzedRead> {
  const order = plan.ordered(view);
  const { before, isLookup } = situation(plan, order, view);
  const run = new MeasuredRun(limits.clock);
  const result = await execute(plan, view, parameters, limits, run);
  try {
    const rows = run.end(result);
    const wanted = wantedRows(plan.query, parameters);
    const measures = run.measures(order, rows);
    return {
      steps: stepsOf(plan, order, view, { limits, wanted, measures }),
      inputs: inputsOf(order.needs, before, view, isLookup),
      totals: { ...run.totals(), rows },
    };
  } finally {
    result.release();
  }
}

/** Where the inputs are before a run. */
function situation(
  plan: Plan,
  order: Ordered,
  view: View,
): { readonly before: readonly Residence[]; readonly isLookup: boolean } {
  const isLookup = !view.has(order.needs) && coldLookup(plan, order) !== null;
  return { before: view.residence(order.needs), isLookup };
}

/** What the steps of a plan are told by, beside the plan. */
interface Told {
  readonly limits: RunLimits;
  readonly wanted: WantedRows;
  readonly measures?: Measures;
}

function stepsOf(
  { query, outputs, searches }: Plan,
  order: Ordered,
  view: View,
  { limits, wanted, measures }: Told,
): readonly PlanStep[] {
  const tree = new PlanTree(query, (type) => view.count(type), measures);
  const operator = answerOperator(wanted.found, outputs, spillAbove(limits));
  return [
    ...tree.ranking(searches, order, wanted),
    ...tree.whole(order.steps, { operator, outputs, wanted }),
  ];
}
