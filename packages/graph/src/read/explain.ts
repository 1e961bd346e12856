import { present } from "@omnigraph/base";
import {
  analyzeMutation,
  analyzeRead,
  explainMutation,
  explainRead,
  type Plan,
  type PlanInput,
  type View,
} from "@omnigraph/engine";
import { bindParameters, type MutationQuery, touchedTypes } from "@omnigraph/language";
import type { ExplainAnswer, PlannedInput } from "@omnigraph/wire";
import type { ExplainOptions, Parameters } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { changeCounts } from "../merge/change-counts.ts";
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
  const { signal, permitTypes, parameters } = asked;
  const { commit, view } = await branches.commitView(asked, signal);
  const { catalog } = view;
  const text = { text: asked.source, file: asked.file ?? "<query>", name: asked.name };
  const compiled = queries.compiled(text, catalog);
  const query = compiled.kind === "read" ? compiled.plan.query : compiled.query;
  if (permitTypes !== undefined) await permitTypes(touchedTypes(query, catalog));
  const { inputs, ...explained } =
    compiled.kind === "read"
      ? await explainedRead(context, compiled.plan, view, asked)
      : await explainedMutation(context, compiled.query, view, asked);
  return {
    queryName: query.name,
    kind: compiled.kind,
    branch: asked.branch ?? "main",
    snapshot: asked.at === undefined ? null : commit.header.id,
    commit: commit.header.id,
    ...explained,
    inputs: inputs.map(plannedInput),
    warnings: callWarnings(compiled.warnings, query.parameters, parameters),
  };
}

type Explained = Pick<ExplainAnswer, "steps" | "totals" | "touches"> & {
  readonly inputs: readonly PlanInput[];
};

async function explainedRead(
  context: GraphContext,
  plan: Plan,
  view: View,
  asked: Asked,
): Promise<Explained> {
  const limits = runLimits(context, asked.deadlineMs, asked.signal);
  const { parameters } = plan.query;
  if (asked.analyze !== true) {
    const given = parameters.filter(({ name }) => Object.hasOwn(asked.parameters, name));
    const bound = bindParameters(given, asked.parameters);
    return { ...explainRead(plan, view, bound, limits), totals: null, touches: null };
  }
  const bound = bindParameters(parameters, asked.parameters);
  return { ...(await analyzeRead(plan, view, bound, limits)), touches: null };
}

/** A mutation is evaluated as one that is written, and then it is forgotten. */
async function explainedMutation(
  { environment, inlineRows, externalBlobs }: GraphContext,
  query: MutationQuery,
  view: View,
  { analyze, parameters, signal }: Asked,
): Promise<Explained> {
  if (analyze !== true) return { ...explainMutation(query, view), totals: null, touches: null };
  const bound = bindParameters(query.parameters, parameters);
  const { changes, ...explained } = await analyzeMutation(query, view, bound, environment, {
    inlineRows,
    externalBlobs,
    signal,
  });
  return { ...explained, touches: changeCounts(view.catalog, changes) };
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
