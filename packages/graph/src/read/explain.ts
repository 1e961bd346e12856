import { present } from "@omnigraph/base";
import { analyzeRead, explainRead, type PlanInput } from "@omnigraph/engine";
import { bindParameters, touchedTypes } from "@omnigraph/language";
import type { ExplainAnswer, PlannedInput } from "@omnigraph/wire";
import type { ExplainOptions, Parameters } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { callWarnings, type CompiledQueries } from "../open/compiled-queries.ts";
import type { GraphContext } from "../open/context.ts";
import { runLimits } from "./run-limits.ts";

/** The request of an explanation. */
interface Asked extends ExplainOptions {
  readonly source: string;
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
  readonly permitTypes: PermitTypes;
}

/** As `Omnigraph.explain`. */
export async function explain(
  context: GraphContext,
  branches: Branches,
  queries: CompiledQueries,
  asked: Asked,
): Promise<ExplainAnswer> {
  const { signal, permitTypes, parameters, analyze = false } = asked;
  const { commit, view } = await branches.commitView(asked, signal);
  const { catalog } = view;
  const text = { text: asked.source, file: asked.file ?? "<query>", name: asked.name };
  const { plan, warnings } = queries.read(text, catalog);
  const { query } = plan;
  if (permitTypes !== undefined) await permitTypes(touchedTypes(query, catalog));
  const limits = runLimits(context, asked.deadlineMs, signal);
  const explained = analyze
    ? await analyzeRead(plan, view, bindParameters(query.parameters, parameters), limits)
    : { ...explainRead(plan, view, limits), totals: null };
  return {
    queryName: query.name,
    branch: asked.branch ?? "main",
    snapshot: asked.at === undefined ? null : commit.header.id,
    commit: commit.header.id,
    steps: explained.steps,
    inputs: explained.inputs.map(plannedInput),
    totals: explained.totals,
    warnings: callWarnings(warnings, query.parameters, parameters),
  };
}

function plannedInput({ type, part, property, source, place, bytes }: PlanInput): PlannedInput {
  const named = property === null ? null : present(type.propertyById.get(property), "property of an input");
  return {
    kind: type.kind,
    typeName: type.name,
    part,
    property: named?.name ?? null,
    source,
    place,
    memoryBytes: bytes,
  };
}
