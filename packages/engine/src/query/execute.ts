import { setImmediate } from "node:timers/promises";
import type { Values } from "@omnigraph/base";
import type { Lease, View } from "../view/view.ts";
import type { Plan } from "./prepared-plan.ts";
import { type SingleLookup, singleLookup } from "./plan/single-lookup.ts";
import { QueryResult } from "./result/query-result.ts";
import type { Operator } from "./run/batch.ts";
import { anchoredId } from "./operators/conditions.ts";
import { RunContext, type RunLimits } from "./run/context.ts";
import { OneRowView } from "../view/one-row-view.ts";
import { pipeline } from "./operators/pipeline.ts";
import { Collect } from "./sinks/collect.ts";
import { Group } from "./sinks/group.ts";
import type { Sink } from "./sinks/sink.ts";
import { Sort } from "./sinks/sort.ts";
import { Top } from "./sinks/top.ts";
import type { Ordered } from "./plan/planner.ts";

/** How often a plan looks up its row in storage before the type is made resident. */
const COLD_RUNS = 4;
/** Up to this `limit` the first rows are kept in a heap; for more, sorting all rows costs less. */
const HEAP_ROWS = 65_536;
/** What a row in the heap takes, about. */
const TOP_ROW_BYTES = 24;

/**
 * Runs a plan over a view with bound parameters. Answers without a promise if all that the plan needs is resident and the query is short; a long query
 * yields to the event loop now and then. Throws (or rejects with) `deadline_exceeded`, `aborted`, `memory_exceeded`, `number_overflow`.
 */
export function execute(
  plan: Plan,
  view: View,
  parameters: Values,
  limits: RunLimits,
): QueryResult | Promise<QueryResult> {
  const order = plan.ordered(view);
  if (view.has(order.needs)) return start(plan, order, view, parameters, limits);
  const single = singleLookup(order);
  if (single !== null && plan.coldRuns < COLD_RUNS)
    return lookUpAndRun(plan, single, view, parameters, limits);
  return loadAndRun(plan, order, view, parameters, limits);
}

async function loadAndRun(
  plan: Plan,
  order: Ordered,
  view: View,
  parameters: Values,
  limits: RunLimits,
): Promise<QueryResult> {
  const { needs } = order;
  const lease = view.pin(needs) ?? (await view.hold(needs, limits.signal));
  try {
    return await start(plan, order, view, parameters, limits);
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
): Promise<QueryResult> {
  plan.coldRuns++;
  const order = plan.ordered(view);
  const context = new RunContext(view, plan.query.variables, parameters, limits, plan.scratch);
  const id = anchoredId(anchor, vertex, context);
  context.close();
  const columns = order.needs.flatMap((need) => [...need.columns]);
  const row = id === null ? null : await view.lookup(type, id, columns, limits.signal);
  return start(plan, order, new OneRowView(view.catalog, type, id ?? "", row), parameters, limits);
}

function start(
  plan: Plan,
  order: Ordered,
  view: View,
  parameters: Values,
  limits: RunLimits,
): QueryResult | Promise<QueryResult> {
  const context = new RunContext(view, plan.query.variables, parameters, limits, plan.scratch);
  let suspended = false;
  try {
    const run = new Run(plan, order, context);
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

/** One execution: pulls rows through the pipeline into the sink. */
class Run {
  readonly #plan: Plan;
  readonly #context: RunContext;
  readonly #source: Operator;
  readonly #sink: Sink;
  #drained: boolean;

  constructor(plan: Plan, { steps }: Ordered, context: RunContext) {
    this.#plan = plan;
    this.#context = context;
    this.#source = pipeline(steps, context);
    this.#sink = sinkOf(plan, context);
    this.#drained = plan.query.limit === 0;
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
    return new QueryResult(this.#plan.query.columns, this.#sink.table());
  }
}

function sinkOf({ query, outputs, read }: Plan, context: RunContext): Sink {
  const limit = query.limit ?? Number.POSITIVE_INFINITY;
  if (outputs.kind === "groups") return new Group(outputs, read, limit, context);

  if (outputs.order.length === 0) return new Collect(outputs, read, limit, context);
  const heapBytes = limit * TOP_ROW_BYTES;
  const isHeap = limit <= HEAP_ROWS && heapBytes <= (context.spilling?.above ?? heapBytes);
  if (!isHeap) return new Sort(outputs, read, limit, context);
  return new Top(outputs, read, limit, context);
}
