import { writeJson } from "@omnigraph/base";
import type { SchemaJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { withJson, withTarget } from "../options.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
}

export const define: Define = (command, context) => {
  command
    .description("The schema of a graph.")
    .addHelpText("after", "\nExample:\n  omnigraph schema show ./my.omni");
  const show = command
    .command("show")
    .summary("print the schema as it was given")
    .argument("[uri]", "address of the graph")
    .addHelpText("after", "\nExample:\n  omnigraph schema show ./my.omni > schema.pg");
  withJson(withTarget(show)).action(async (uri: string | undefined, options: Options) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(await storeOf(context, options, uri), { readOnly: true });
    const source = await graph.schema.show({ branch: options.branch });
    const text = source.endsWith("\n") ? source : `${source}\n`;
    // The source is written as data, so that redirecting it to a file gives the schema byte for byte.
    const json: SchemaJson = { schema_source: source };
    return context.terminal.out.data(options.json === true ? `${writeJson(json, 2)}\n` : text);
  });
};
