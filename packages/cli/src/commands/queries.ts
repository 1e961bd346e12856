import { counted, OmnigraphError } from "@omnigraph/base";
import type { QueryCatalogJson, StoredParameterJson } from "@omnigraph/wire";
import type { Command } from "commander";
import { type Context, type GlobalOptions, say } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson, withServer, withTarget } from "../options.ts";
import { shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import { type OpenGraph, openAt, placeOf } from "../place.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly queries?: string;
}

export const define: Define = (command, context) => {
  command
    .description("Stored queries: those that a server has of a graph, or that stand in a folder.")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph queries list --server prod --graph team\n  omnigraph queries validate --queries ./queries ./team.omni",
    );
  defineList(command.command("list"), context);
  defineValidate(command.command("validate"), context);
};

const defineList: Define = (command, context) => {
  command
    .summary("the stored queries, with their parameters")
    .addHelpText("after", "\nExample:\n  omnigraph queries list --server prod --graph team --json");
  withGraph(command).action(async (uri: string | undefined, options: Options) => {
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    const queries = await storedIn(context, open, options);
    const rows = queries.map(({ name, mutation, params, description }) => [
      name,
      mutation ? "mutation" : "read",
      params.map(parameterText).join(", "),
      description ?? "",
    ]);
    const text = table(["query", "kind", "parameters", "description"], rows, context.terminal);
    return say(context, options, { queries }, text);
  });
};

const defineValidate: Define = (command, context) => {
  command
    .summary("check queries against the schema of a graph")
    .description(
      "Checks the queries of a folder against the schema of a graph: exit code 1, and every problem, where one does not fit.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph queries validate --queries ./queries ./team.omni\n" +
        "  omnigraph queries validate --queries ./queries --server prod --graph team",
    );
  withGraph(command).action(async (uri: string | undefined, options: Options) => {
    if (options.queries === undefined)
      throw new OmnigraphError("usage", "name the folder of the queries: --queries <folder>");
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    const queries = await checkedIn(options.queries, open, options.branch);
    const text = shown`${counted(queries.length, "query", "queries")} fit the schema of ${options.branch}\n`;
    return say(context, options, { queries }, text);
  });
};

function withGraph(command: Command): Command {
  return withJson(withServer(withTarget(command.argument("[uri]", "address of the graph")))).option(
    "--queries <folder>",
    "the folder of the queries (.gq)",
  );
}

/** The queries of a folder, or those that a server has. Errors: `usage` for a store without a folder. */
async function storedIn(
  { signal }: Context,
  open: OpenGraph,
  { queries, branch }: Options,
): Promise<QueryCatalogJson["queries"]> {
  if (queries !== undefined) return checkedIn(queries, open, branch);
  if (open.remote !== null) return open.remote.queries({ signal });
  throw new OmnigraphError("usage", "a store keeps no queries: name their folder, --queries <folder>");
}

/** The queries of a folder, checked against the schema of a branch. Errors: `query_invalid`, `file_unreadable`. */
async function checkedIn(
  folder: string,
  { graph }: OpenGraph,
  branch: string,
): Promise<QueryCatalogJson["queries"]> {
  const [{ queryFiles, storedQueries }, { compiledSchema }] = await Promise.all([
    import("@omnigraph/server/queries"),
    import("../compiled-schema.ts"),
  ]);
  const files = await queryFiles(folder);
  const catalog = compiledSchema(await graph.schema.show({ branch }));
  return [...storedQueries(files, catalog).values()].map(({ json }) => json);
}

function parameterText({
  name,
  kind,
  item_kind: item,
  vector_dim: dimension,
  nullable,
}: StoredParameterJson): string {
  const of = item === undefined ? kind : `list of ${item}`;
  const type = dimension === undefined ? of : `${of} of ${dimension}`;
  return `${name}: ${type}${nullable ? "?" : ""}`;
}
