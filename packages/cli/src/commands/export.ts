import { given } from "@omnigraph/base";
import { type PastOptions, pastOf, withPast } from "../at.ts";
import type { Define } from "../define.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { withTarget } from "../options.ts";

interface Options extends GlobalOptions, PastOptions {
  readonly branch: string;
  readonly type?: readonly string[];
}

export const define: Define = (command, context) => {
  command
    .description(
      "Writes the graph as NDJSON on standard output; loading it into an empty graph gives an equal graph.",
    )
    .argument("[uri]", "address of the graph")
    .option("--type <name>", "only this type; may be given several times", also)
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph export ./my.omni > backup.jsonl\n" +
        "  omnigraph export ./my.omni --at 2026-01-31 > january.jsonl",
    );
  withPast(withTarget(command)).action(async (uri: string | undefined, options: Options) => {
    const at = pastOf(options);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(await storeOf(context, options, uri), { readOnly: true });
    const pieces = graph.export({
      ...given({ types: options.type, at }),
      branch: options.branch,
      signal: context.signal,
    });
    for await (const piece of pieces) await context.terminal.out.data(piece);
  });
};

function also(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}
