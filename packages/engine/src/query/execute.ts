import { setImmediate } from "node:timers/promises";
import { present, type Steps, type Values } from "@omnigraph/base";
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
import { preparing } from "./search/prepare.ts";
import { answerOperator } from "./sinks/answer-operator.ts";
import { Collect } from "./sinks/collect.ts";
import { Group } from "./sinks/group.ts";
import type { Sink } from "./sinks/sink.ts";
import { Sort } from "./sinks/sort.ts";
import { Top } from "./sinks/top.ts";
import type { Ordered } from "./plan/planner.ts";
import { type WantedRows, wantedRows } from "./plan/wanted-rows.ts";

/** What a step of a preparation counts as: about a millisecond. */
const PREPARATION_WORK = 32_768;
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

/** What the plan looks up in storage where its type is not resident; null where it makes types resident, as searches of texts do: a score depends on all rows. */
export function coldLookup(plan: Plan, order: Ordered): SingleLookup | null {
  return plan.coldRuns < COLD_RUNS && plan.searches.length === 0 ? singleLookup(order) : null;
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

/** One execution: prepares the searches, then pulls rows through the pipeline into the sink. */
class Run {
  readonly #plan: Plan;
  readonly #order: Ordered;
  readonly #running: Running;
  #preparation: Steps<void> | null;
  #flow: Flow | null = null;

  constructor(plan: Plan, order: Ordered, running: Running) {
    this.#plan = plan;
    this.#order = order;
    this.#running = running;
    const { context, wanted, watch } = running;
    const fused = wanted.limit;
    this.#preparation =
      plan.searches.length === 0
        ? null
        : preparing({ searches: plan.searches, candidates: order.candidates, fused, watch }, context);
  }

  /** Runs until the answer is ready (true) or it is time to yield to the event loop (false). */
  advance(): boolean {
    const { context } = this.#running;
    while (this.#preparation !== null) {
      if (this.#preparation.next().done === true) this.#preparation = null;
      context.tick(PREPARATION_WORK);
      if (context.yieldDue) return false;
    }
    this.#flow ??= this.#started();
    return this.#flow.advance();
  }

  result(): QueryResult {
    const { sink } = present(this.#flow, "flow of a run");
    return new QueryResult(this.#plan.query.columns, sink.table(), this.#running.wanted.offset);
  }

  #started(): Flow {
    const { context, wanted, watch } = this.#running;
    const source = pipeline(this.#order.steps, context, watch);
    const sink = sinkOf(this.#plan, wanted.found, context);
    return new Flow(source, watch === undefined ? sink : watch.sink(sink), wanted.limit === 0, context);
  }
}

/** Rows on their way into a sink. */
class Flow {
  readonly sink: Sink;
  readonly #context: RunContext;
  readonly #source: Operator;
  #drained: boolean;

  constructor(source: Operator, sink: Sink, drained: boolean, context: RunContext) {
    this.#source = source;
    this.sink = sink;
    this.#drained = drained;
    this.#context = context;
  }

  advance(): boolean {
    while (!this.#drained) {
      const batch = this.#source.next();
      this.#drained = batch === null || (batch.length > 0 && !this.sink.accept(batch));
      if (this.#context.yieldDue) return false;
    }
    while (!this.sink.finish()) if (this.#context.yieldDue) return false;
    return true;
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
