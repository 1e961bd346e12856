import { asJson, NotJson, OmnigraphError, writeJson } from "@omnigraph/base";
import { evaluateMutation } from "@omnigraph/engine";
import { bindParameters, touchedTypes } from "@omnigraph/language";
import type { MutationAnswer } from "@omnigraph/wire";
import type { MutateOptions, Parameters } from "../api/graph.ts";
import type { Branches } from "../branches/branches.ts";
import type { Branch } from "../branches/open-branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { digestOf } from "../calls/digest.ts";
import { summaryOf } from "../history/summary.ts";
import { callWarnings, type CompiledQueries } from "../open/compiled-queries.ts";
import { authorOf, type GraphContext } from "../open/context.ts";

/** The request of a mutation. */
interface Asked extends MutateOptions {
  readonly source: string;
  readonly parameters: Parameters;
  readonly permitTypes: PermitTypes;
}

/** As `Omnigraph.mutate`. */
export function mutate(
  context: GraphContext,
  branches: Branches,
  queries: CompiledQueries,
  asked: Asked,
): Promise<MutationAnswer> {
  return branches.use(asked.branch, (branch) => submit(context, queries, branch, asked));
}

async function submit(
  context: GraphContext,
  queries: CompiledQueries,
  { views, writes }: Branch,
  asked: Asked,
): Promise<MutationAnswer> {
  const { source, parameters, name, signal, permitTypes } = asked;
  const actor = authorOf(context, asked);
  const { environment, inlineRows, externalBlobs, catalogs } = context;
  const text = { text: source, file: asked.file ?? "<query>", name };
  const head = views.branch.known ?? (await views.head(signal)).commit;
  const catalog = await catalogs.read(head.header.schema);
  const { query: known, warnings } = queries.mutation(text, catalog);
  if (permitTypes !== undefined) await permitTypes(touchedTypes(known, catalog));
  const options = { inlineRows, externalBlobs, signal };
  const content = (): string => digestOf(source, name ?? "", jsonOf(parameters));
  const request = writes.request("mutation", { ...asked, actor }, content, async (view) => {
    const { query } = queries.mutation(text, view.catalog);
    if (permitTypes !== undefined) await permitTypes(touchedTypes(query, view.catalog));
    const bound = bindParameters(query.parameters, parameters);
    return evaluateMutation(query, view, bound, environment, options);
  });
  const { draft, commit } = await writes.submit(request);
  return {
    queryName: known.name,
    branch: asked.branch ?? "main",
    affectedNodes: draft?.affectedNodes ?? 0,
    affectedEdges: draft?.affectedEdges ?? 0,
    actor: commit?.header.actor ?? actor,
    commit: commit === null ? null : summaryOf(commit),
    warnings: callWarnings(warnings, known.parameters, parameters),
  };
}

/** Parameters as the text that is hashed. Throws `parameter_invalid` for values without a JSON form. */
function jsonOf(parameters: Parameters): string {
  try {
    return writeJson(asJson(parameters));
  } catch (cause) {
    const why = cause instanceof NotJson ? cause.message : "they throw when they are read";
    throw new OmnigraphError("parameter_invalid", `the parameters are no JSON values: ${why}`, { cause });
  }
}
