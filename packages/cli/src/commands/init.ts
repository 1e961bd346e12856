import { checkSchema, formatDiagnostic } from "@omnigraph/language";
import type { Define } from "../define.ts";
import { readText } from "../context.ts";
import { given, withJson } from "../options.ts";
import { write } from "../terminal.ts";

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
    .requiredOption("--schema <file>", "schema source (.pg)")
    .option("--as <actor>", "author of the first commit")
    .addHelpText("after", "\nExample:\n  omnigraph init --schema schema.pg ./my.omni");
  withJson(command).action(async (uri: string, options: Options) => {
    const schema = await readText(options.schema, "schema");
    const { Omnigraph } = await import("omnigraph");
    await using _graph = await Omnigraph.init(
      uri,
      given({ schema, schemaFile: options.schema, actor: options.as }),
    );
    const found = checkSchema({ file: options.schema, text: schema }).diagnostics;
    const warnings = options.json === true ? [] : found.map((one) => `${formatDiagnostic(one)}\n`);
    await write(context.terminal.err, warnings.join(""));
    const json = { uri, initialized: true, ...(found.length === 0 ? {} : { warnings: found }) };
    await write(
      context.terminal.out,
      options.json === true ? `${JSON.stringify(json)}\n` : `initialized ${uri}\n`,
    );
  });
};
