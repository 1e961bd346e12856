import { serveOneAgent, sourceOfFlags } from "@omnigraph/server";
import { authorOf, type GlobalOptions } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { also, withTarget } from "../options.ts";
import { VERSION } from "../version.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly actor?: string;
  readonly policy?: readonly string[];
  readonly queries?: readonly string[];
  readonly readOnly?: boolean;
}

/** Under which the policies are asked about the graph. */
const ID = "graph";

export const define: Define = (command, context) => {
  command
    .description(
      "Serves a graph to an agent by the Model Context Protocol, on standard input and output, until the input ends. Without a policy the agent may do everything; with --read-only it can write nothing.",
    )
    .argument("[uri]", "address of the graph")
    .option("--actor <name>", "author of what the agent writes, and whom the policy is asked about")
    .option("--policy <file>", "what the actor may do; may be given several times", also)
    .option("--queries <folder>", "stored queries (.gq) as tools; may be given several times", also)
    .option("--read-only", "offer no tool that writes, and refuse every write")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph mcp ./team.omni --actor helper\n" +
        "  omnigraph mcp --store ./team.omni --actor helper --policy team.yaml --queries ./queries\n" +
        "  omnigraph mcp ./team.omni --read-only",
    );
  withTarget(command).action(async (uri: string | undefined, options: Options) => {
    const { branch, actor, policy = [], queries = [], readOnly = false } = options;
    const store = await storeOf(context, options, uri);
    const { graphs } = await sourceOfFlags({
      graphs: [{ id: ID, uri: store }],
      policies: policy.map((file) => ({ graph: ID, file })),
      serverPolicies: [],
      queries: queries.map((folder) => ({ graph: ID, folder })),
    });
    const stop = new AbortController();
    const end = (): void => stop.abort();
    process.once("SIGTERM", end);
    for (const source of graphs)
      await serveOneAgent({
        source,
        actor: actor ?? (await authorOf(context, options)) ?? null,
        branch,
        isReadOnly: readOnly,
        version: VERSION,
        input: process.stdin,
        output: process.stdout,
        signal: AbortSignal.any([context.signal, stop.signal]),
      });
    process.off("SIGTERM", end);
  });
};
