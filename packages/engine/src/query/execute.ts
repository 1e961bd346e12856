import { setImmediate } from "node:timers/promises";
import type { Values } from "@omnigraph/base";
import type { Lease, View } from "../view/view.ts";
import type { Plan } from "./prepared-plan.ts";
import { type SingleLookup, singleLookup } from "./plan/single-lookup.ts";
import { QueryResult } from "./result/query-result.ts";
import type { Operator } from "./run/batch.ts";
import { anchoredId } from "./operators/anchored.ts";
import { RunContext, type RunLimits } from "./run/context.ts";
import type { OperatorWatch } from "./run/watch.ts";
import { OneRowView } from "../view/one-row-view.ts";
import { pipeline } from "./operators/pipeline.ts";
import { answerOperator } from "./sinks/answer-operator.ts";
import { Collect } from "./sinks/collect.ts";
import { Group } from "./sinks/group.ts";
import type { Sink } from "./sinks/sink.ts";
import { Sort } from "./sinks/sort.ts";
import { Top } from "./sinks/top.ts";
import type { Ordered } from "./plan/planner.ts";
import { type WantedRows, wantedRows } from "./plan/wanted-rows.ts";

/** How often a plan looks up its row in storage before the type is made resident. */
const COLD_RUNS = 4;

/** Watches a run from within. A run that nobody watches pays nothing for it. */
export interface RunWatch extends OperatorWatch {
  /** Makes the context of the run, which begins now: what it needs is there. */
  context(...given: ConstructorParameters<typeof RunContext>): RunContext;
  sink(sink: Sink): Sink;
}

/**
 * Runs a plan over a view with bound parameters. Answers without a promise if all that the plan needs is resident and the query is short; a long query
 * yields to the event loop now and then. `watch` is told what happens. Throws (or rejects with) `deadline_exceeded`, `aborted`, `memory_exceeded`, `number_overflow`.
 */
export function execute(
  plan: Plan,
  view: View,
  parameters: Values,
  limits: RunLimits,
  watch?: RunWatch,
): QueryResult | Promise<QueryResult> {
  const order = plan.ordered(view);
  if (view.has(order.needs)) return start(plan, order, view, parameters, limits, watch);
  const single = coldLookup(plan, order);
  if (single !== null) return lookUpAndRun(plan, single, view, parameters, limits, watch);
  return loadAndRun(plan, order, view, parameters, limits, watch);
}

/** What the plan looks up in storage where its type is not resident; null where it makes types resident. */
export function coldLookup(plan: Plan, order: Ordered): SingleLookup | null {
  return plan.coldRuns < COLD_RUNS ? singleLookup(order) : null;
}

async function loadAndRun(
  plan: Plan,
  order: Ordered,
  view: View,
  parameters: Values,
  limits: RunLimits,
  watch: RunWatch | undefined,
): Promise<QueryResult> {
  const { needs } = order;
  const lease = view.pin(needs) ?? (await view.hold(needs, limits.signal));
  try {
    return await start(plan, order, view, parameters, limits, watch);
  } finally {
    lease.release();
  }
}

/** Fetches the one row that the plan looks up, and runs on a view of this row. The type is made resident only if that happens often. */
async function lookUpAndRun(
  plan: Plan,
  { anchor, vertex, type }: SingleLookup,
  view: View,
  parameters: Values,
  limits: RunLimits,
  watch: RunWatch | undefined,
): Promise<QueryResult> {
  plan.coldRuns++;
  const order = plan.ordered(view);
  const context = new RunContext(view, plan.query.variables, parameters, limits, plan.scratch);
  const id = anchoredId(anchor, vertex, context);
  context.close();
  const columns = order.needs.flatMap((need) => [...need.columns]);
  const row = id === null ? null : await view.lookup(type, id, columns, limits.signal);
  return start(plan, order, new OneRowView(view.catalog, type, id ?? "", row), parameters, limits, watch);
}

function start(
  plan: Plan,
  order: Ordered,
  view: View,
  parameters: Values,
  limits: RunLimits,
  watch: RunWatch | undefined,
): QueryResult | Promise<QueryResult> {
  const { variables } = plan.query;
  const context =
    watch === undefined
      ? new RunContext(view, variables, parameters, limits, plan.scratch)
      : watch.context(view, variables, parameters, limits, plan.scratch);
  let suspended = false;
  try {
    const run = new Run(plan, order, { context, watch, wanted: wantedRows(plan.query, parameters) });
    suspended = !run.advance();
    return suspended ? resume(run, context, view.pin(order.needs)) : run.result();
  } finally {
    if (!suspended) context.close();
  }
}

async function resume(run: Run, context: RunContext, lease: Lease | null): Promise<QueryResult> {
  try {
    do {
      await setImmediate();
      context.resumed();
    } while (!run.advance());
    return run.result();
  } finally {
    lease?.release();
    context.close();
  }
}

/** What a run has beside its plan. */
interface Running {
  readonly context: RunContext;
  readonly watch: RunWatch | undefined;
  readonly wanted: WantedRows;
}

/** One execution: pulls rows through the pipeline into the sink. */
class Run {
  readonly #plan: Plan;
  readonly #context: RunContext;
  readonly #source: Operator;
  readonly #sink: Sink;
  readonly #offset: number;
  #drained: boolean;

  constructor(plan: Plan, { steps }: Ordered, { context, watch, wanted }: Running) {
    this.#plan = plan;
    this.#context = context;
    this.#offset = wanted.offset;
    this.#source = pipeline(steps, context, watch);
    const sink = sinkOf(plan, wanted.found, context);
    this.#sink = watch === undefined ? sink : watch.sink(sink);
    this.#drained = wanted.limit === 0;
  }

  /** Runs until the answer is ready (true) or it is time to yield to the event loop (false). */
  advance(): boolean {
    while (!this.#drained) {
      const batch = this.#source.next();
      this.#drained = batch === null || (batch.length > 0 && !this.#sink.accept(batch));
      if (this.#context.yieldDue) return false;
    }
    while (!this.#sink.finish()) if (this.#context.yieldDue) return false;
    return true;
  }

  result(): QueryResult {
    return new QueryResult(this.#plan.query.columns, this.#sink.table(), this.#offset);
  }
}

function sinkOf({ outputs, read }: Plan, limit: number, context: RunContext): Sink {
  if (outputs.kind === "groups") return new Group(outputs, read, limit, context);
  const operator = answerOperator(limit, outputs, context.spilling?.above ?? Number.POSITIVE_INFINITY);
  if (operator === "collect") return new Collect(outputs, read, limit, context);
  return operator === "top"
    ? new Top(outputs, read, limit, context)
    : new Sort(outputs, read, limit, context);
}
