import { counted, given } from "@omnigraph/base";
import { type OptimizeAnswer, optimizeJson } from "@omnigraph/wire";
import { authorOf, echoTarget, type GlobalOptions, say, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson, withTarget, withWrite } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly full?: boolean;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Makes few tables of a branch's many small commits and tables, by one commit that changes no row. Others read and write meanwhile.",
    )
    .argument("[uri]", "address of the graph")
    .option("--full", "one table a type, without deletions beside it, for other engines to read")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph optimize ./my.omni\n  omnigraph optimize --full --branch draft ./my.omni",
    );
  withJson(withWrite(withTarget(command))).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const actor = await authorOf(context, options);
    const isQuiet = options.quiet === true || options.json === true;
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(store, { maintenance: "off" });
    await echoTarget(context, options, store, options.branch);
    const answer = await graph.maintenance.optimize({
      ...given({ actor, message: options.message, op: options.op, full: options.full }),
      branch: options.branch,
      signal: context.signal,
      onProgress: ({ kind, typeName }) => {
        if (!isQuiet) context.terminal.err.mention(shown`writing ${kind} ${typeName}\n`);
      },
    });
    return say(context, options, optimizeJson(answer, store), describe(answer, context.terminal));
  });
};

function describe({ branch, commit, types }: OptimizeAnswer, terminal: Terminal): Shown {
  if (commit === null) return shown`nothing to do: branch ${branch} is as it should be\n`;
  const written = types.reduce((sum, type) => sum + type.rowsWritten, 0);
  const head = shown`optimized branch ${branch}: ${counted(written, "row")} written, commit ${commit.id}\n`;
  const rows = types.map((type) => [
    type.kind,
    type.typeName,
    ...[type.tables, type.tablesAdded, type.tablesRemoved, type.rowsWritten].map(String),
  ]);
  if (rows.length === 0) return head;
  const numbers = ["tables", "added", "removed", "rows written"].map((name) => ({
    name,
    align: "right" as const,
  }));
  return shown`${head}${table(["kind", "type", ...numbers], rows, terminal)}`;
}
