import { given } from "@omnigraph/base";
import { checkSchema, formatDiagnostic } from "@omnigraph/language";
import type { InitJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { authorOf } from "../context.ts";
import { inputName, readInput } from "../files.ts";
import { withJson } from "../options.ts";
import { joined, lines, shown } from "../output/shown.ts";

interface Options {
  readonly schema: string;
  readonly as?: string;
  readonly json?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Creates a graph at an address from a schema. The folder is made; one that holds something else is left alone.",
    )
    .argument("<uri>", "address: a new or empty folder, s3://bucket/prefix or memory://name")
    .requiredOption("--schema <file>", "schema source (.pg), or - for standard input")
    .option("--as <actor>", "author of the first commit")
    .addHelpText("after", "\nExample:\n  omnigraph init --schema schema.pg ./my.omni");
  withJson(command).action(async (uri: string, options: Options) => {
    const schema = await readInput(context, options.schema, "schema");
    const actor = await authorOf(context, options);
    const { Omnigraph } = await import("omnigraph");
    await using _graph = await Omnigraph.init(
      uri,
      given({ schema, schemaFile: inputName(options.schema), actor }),
    );
    const { out, err } = context.terminal;
    const found = checkSchema({ file: inputName(options.schema), text: schema }).diagnostics;
    const json: InitJson = { uri, initialized: true, ...(found.length === 0 ? {} : { warnings: found }) };
    if (options.json === true) return out.data(`${JSON.stringify(json)}\n`);
    await err.say(joined(found.map((one) => shown`${lines(formatDiagnostic(one))}\n`)));
    return out.say(shown`initialized ${uri}\n`);
  });
};
