import { counted, given, systemEnvironment, ulidFactory } from "@omnigraph/base";
import { type OperationAnswer, operationJson, type OptimizeAnswer, optimizeJson } from "@omnigraph/wire";
import { authorOf, echoTarget, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
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
  readonly operation?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Makes few tables of a branch's many small commits and tables, by one commit that changes no row. Others read and write meanwhile.",
    )
    .argument("[uri]", "address of the graph")
    .option("--full", "one table a type, without deletions beside it, for other engines to read")
    .option(
      "--operation <id>",
      "tell what came of an earlier call whose answer was lost, by the id that it echoed",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph optimize ./my.omni\n  omnigraph optimize --full --branch draft ./my.omni\n" +
        "  omnigraph optimize --operation 01M84CRWS8ZK6R1TQ5V9WX2YJ7 ./my.omni",
    );
  withJson(withWrite(withTarget(command))).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const actor = await authorOf(context, options);
    const isQuiet = options.quiet === true || options.json === true;
    const { Omnigraph } = await import("omnigraph");
    const { branch } = options;
    await using graph = await Omnigraph.open(store, {
      readOnly: options.operation !== undefined,
      maintenance: "off",
    });
    if (options.operation !== undefined) {
      const found = await graph.maintenance.operation(options.operation, { branch, signal: context.signal });
      return say(context, options, operationJson(found, store), describeOperation(found));
    }
    await echoTarget(context, options, store, branch);
    const op = options.op ?? ulidFactory(systemEnvironment)();
    if (!isQuiet) await context.terminal.err.say(shown`operation: ${op}\n`);
    const answer = await graph.maintenance.optimize({
      ...given({ actor, message: options.message, full: options.full }),
      op,
      branch,
      signal: context.signal,
      onProgress: ({ phase, kind, typeName }) => {
        const doing = phase === "write" ? "writing" : "indexing";
        if (!isQuiet) context.terminal.err.mention(shown`${doing} ${kind} ${typeName}\n`);
      },
    });
    return say(context, options, optimizeJson(answer, store), describe(answer, context.terminal));
  });
};

function describeOperation({ operation, branch, state, commit }: OperationAnswer): Shown {
  if (commit !== null)
    return shown`done: operation ${operation} made commit ${commit.id} on branch ${branch}\n`;
  if (state === "running")
    return shown`running: operation ${operation} has begun on branch ${branch} and has not ended\n`;
  return shown`unknown: operation ${operation} has made no commit on branch ${branch}; it may have had nothing to do, and can be run again\n`;
}

function describe({ branch, commit, problem, types }: OptimizeAnswer, terminal: Terminal): Shown {
  if (commit === null) return shown`nothing to do: branch ${branch} is as it should be\n`;
  const written = types.reduce((sum, type) => sum + type.rowsWritten, 0);
  const built = types.reduce((sum, type) => sum + type.indexesBuilt.length, 0);
  const indexed = built === 0 ? shown`` : shown`, ${counted(built, "index", "indexes")} built`;
  const head = shown`optimized branch ${branch}: ${counted(written, "row")} written${indexed}, commit ${commit.id}\n`;
  const late = problem === null ? shown`` : shown`not all indexes were built: ${problem}\n`;
  const rows = types.map((type) => [
    type.kind,
    type.typeName,
    ...[type.tables, type.tablesAdded, type.tablesRemoved, type.rowsWritten].map(String),
  ]);
  if (rows.length === 0) return shown`${head}${late}`;
  const numbers = ["tables", "added", "removed", "rows written"].map((name) => ({
    name,
    align: "right" as const,
  }));
  return shown`${head}${late}${table(["kind", "type", ...numbers], rows, terminal)}`;
}
