import { present, unreachable } from "@omnigraph/base";
import { AntiJoin, Feed, noMatches } from "./anti-join.ts";
import { CloseByEdge, CloseCycle } from "./close-cycle.ts";
import { CloseHops } from "./close-hops.ts";
import { ClosePath } from "./close-path.ts";
import { Cross } from "./cross.ts";
import { Expand, type MatchedRows } from "./expand.ts";
import { Factor } from "./factor.ts";
import { GroupJoin } from "./group-join.ts";
import { AggregatedMatches, AnyMatch } from "./matches.ts";
import { Guard, RowFilter, VertexFilter } from "./filter.ts";
import { KeyLookup } from "./key-lookup.ts";
import { LeftJoin } from "./left-join.ts";
import { Scan } from "./scan.ts";
import { Unit } from "./unit.ts";
import { searchOf } from "../neighbours/neighbours-of.ts";
import { pathFinder } from "../neighbours/path-finder.ts";
import { aggregateSpec } from "../plan/outputs.ts";
import type { Step, VertexSpec } from "../plan/spec.ts";
import type { Operator } from "../run/batch.ts";
import { guardHolds } from "./predicate-test.ts";
import type { RunContext } from "../run/context.ts";
import type { OperatorWatch } from "../run/watch.ts";
import { VertexCheck } from "./vertex-check.ts";

/** What the operators of one pipeline share. */
interface PipelineContext {
  readonly context: RunContext;
  /** Whether rows have weights: some step counts instead of enumerating. */
  readonly weighted: boolean;
  readonly matched: MatchedRows | null;
  readonly watch: OperatorWatch | undefined;
}

function countsMore({ branches }: VertexSpec): boolean {
  return branches.length > 0;
}

function weighs(step: Step): boolean {
  switch (step.kind) {
    case "bind":
    case "test":
    case "expand":
      return countsMore(step.vertex);
    case "factor":
      return true;
    case "optional":
      return step.steps.some(weighs);
    case "guard":
    case "close":
    case "filter":
    case "anti-join":
    case "group-join":
      return false;
  }
}

/** Builds the operators for the steps of a plan. Rows are pulled from the last one, which is answered. */
export function pipeline(steps: readonly Step[], context: RunContext, watch?: OperatorWatch): Operator {
  return assemble(null, steps, { context, weighted: steps.some(weighs), matched: null, watch });
}

function assemble(source: Operator | null, steps: readonly Step[], around: PipelineContext): Operator {
  let last = source;
  for (const step of steps) {
    last = operatorOf(last, step, around);
    if (around.watch !== undefined) last = around.watch.operator(step, last);
  }
  return last ?? new Unit(around.weighted, around.context);
}

function operatorOf(source: Operator | null, step: Step, around: PipelineContext): Operator {
  const { context, weighted, matched, watch } = around;
  if (step.kind === "bind") return bindOperator(source, step, around);
  const input = source ?? new Unit(weighted, context);
  switch (step.kind) {
    case "guard":
      return new Guard(input, guardHolds(step.filter, context));
    case "test":
      return new VertexFilter(input, step.vertex, context);
    case "expand":
      return new Expand(input, step, weighted, context, matched);
    case "close":
      return closeOperator(input, step, around);
    case "filter":
      return new RowFilter(input, step.filter, context);
    case "factor":
      return new Factor(input, pipeline(step.steps, context, watch), context);
    case "anti-join":
      return antiJoin(input, step, context, watch);
    case "optional":
      return leftJoin(input, step, around);
    case "group-join":
      return groupJoin(input, step, around);
    default:
      return unreachable(step);
  }
}

function closeOperator(
  input: Operator,
  step: Extract<Step, { kind: "close" }>,
  { context, weighted }: PipelineContext,
): Operator {
  const { link, edge } = step;
  const { edgeVariable, path } = link.traverse;
  if (edge === null) {
    const search = searchOf(link, context);
    return search === null
      ? new CloseCycle(input, step, context)
      : new CloseHops(input, search, link, context);
  }
  if (path === null) {
    const variable = present(edgeVariable, "variable of a bound edge");
    return new CloseByEdge(input, step, new VertexCheck(edge, context), variable, weighted, context);
  }
  const finder = pathFinder(link.traverse, path, context);
  return new ClosePath(input, step, finder, new VertexCheck(edge, context), weighted, context);
}

function bindOperator(
  source: Operator | null,
  step: Extract<Step, { kind: "bind" }>,
  { context, weighted }: PipelineContext,
): Operator {
  if (source !== null) return new Cross(source, step.vertex, step.carried, weighted, context);
  const First = step.vertex.anchor === null ? Scan : KeyLookup;
  return new First(step.vertex, step.carried, weighted, context);
}

function antiJoin(
  input: Operator,
  step: Extract<Step, { kind: "anti-join" }>,
  context: RunContext,
  watch: OperatorWatch | undefined,
): Operator {
  const weighted = step.steps.some(weighs);
  const matched = noMatches(context.origin);
  const feed = new Feed(step.reads, context.origin, weighted, context);
  const pattern = assemble(feed, step.steps, { context, weighted, matched, watch });
  return new AntiJoin(input, feed, pattern, matched, context);
}

function leftJoin(
  input: Operator,
  step: Extract<Step, { kind: "optional" }>,
  { context, weighted, watch }: PipelineContext,
): Operator {
  const feed = new Feed(step.reads, context.origin, weighted, context);
  const pattern = assemble(feed, step.steps, { context, weighted, matched: null, watch });
  return new LeftJoin(input, feed, pattern, step, weighted, context);
}

function groupJoin(
  input: Operator,
  step: Extract<Step, { kind: "group-join" }>,
  { context, weighted, watch }: PipelineContext,
): Operator {
  const { aggregate } = step.subquery;
  const isWeighted = step.steps.some(weighs);
  const marks = noMatches(context.origin);
  const [matched, matches] =
    aggregate === null
      ? [marks, new AnyMatch(marks)]
      : [null, new AggregatedMatches(aggregateSpec(aggregate), context.origin, context)];
  const feed = new Feed(step.reads, context.origin, isWeighted, context);
  const pattern = assemble(feed, step.steps, { context, weighted: isWeighted, matched, watch });
  return new GroupJoin(input, { feed, pattern, matches }, step, weighted, context);
}
