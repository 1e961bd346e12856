import type { ExplainAnswer, PlanRows, PlannedInput, PlannedStep, PlanTotals } from "../answers/explain.ts";
import type {
  ExplainJson,
  PlanInputJson,
  PlanRowsJson,
  PlanStepJson,
  PlanTotalsJson,
} from "../shapes.generated.ts";
import { countsJson } from "./changes.ts";
import { targetOf } from "./reads.ts";

export function explainJson(answer: ExplainAnswer): ExplainJson {
  return {
    query_name: answer.queryName,
    kind: answer.kind,
    target: targetOf(answer),
    graph_commit_id: answer.commit,
    steps: answer.steps.map(stepJson),
    inputs: answer.inputs.map(inputJson),
    totals: answer.totals === null ? null : totalsJson(answer.totals),
    touches: answer.touches === null ? null : countsJson(answer.touches),
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
  };
}

function stepJson({ operator, text, conditions, estimate, actual, steps }: PlannedStep): PlanStepJson {
  return {
    operator,
    text,
    conditions,
    estimated: estimate === null ? null : rowsJson(estimate),
    actual: actual === null ? null : { ...rowsJson(actual), milliseconds: thousandths(actual.milliseconds) },
    steps: steps.map(stepJson),
  };
}

function rowsJson({ rows, matches }: PlanRows): PlanRowsJson {
  return { rows: thousandths(rows), matches: thousandths(matches) };
}

function inputJson({
  kind,
  typeName,
  part,
  property,
  source,
  place,
  memoryBytes,
}: PlannedInput): PlanInputJson {
  return {
    entity_kind: kind,
    type_name: typeName,
    part,
    property,
    source,
    place,
    memory_bytes: memoryBytes,
  };
}

function totalsJson({
  rows,
  milliseconds,
  loadMilliseconds,
  memoryBytes,
  diskBytes,
}: PlanTotals): PlanTotalsJson {
  return {
    rows,
    milliseconds: thousandths(milliseconds),
    load_milliseconds: thousandths(loadMilliseconds),
    memory_bytes: memoryBytes,
    disk_bytes: diskBytes,
  };
}

/** A number with three decimals at most, and not beyond what every reader of JSON holds exactly as a whole number. */
function thousandths(value: number): number {
  return Math.min(Math.round(value * 1000) / 1000, Number.MAX_SAFE_INTEGER);
}
