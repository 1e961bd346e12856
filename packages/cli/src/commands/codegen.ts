import { writeFile } from "node:fs/promises";
import { OmnigraphError } from "@omnigraph/base";
import { compileQueries, formatDiagnostic } from "@omnigraph/language";
import { Option } from "commander";
import { compiledSchema } from "../compiled-schema.ts";
import { moduleText, type SourcedQuery } from "../codegen/module.ts";
import type { Side } from "../codegen/types.ts";
import type { GlobalOptions } from "../context.ts";
import type { Define } from "../define.ts";
import { fileError, readInput } from "../files.ts";
import { withServer, withTarget } from "../options.ts";
import { openAt, placeOf } from "../place.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly queries: string;
  readonly schema?: string;
  readonly for: Side;
  readonly out?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Writes a module of TypeScript: a type for each type of the schema, and a function with typed parameters and rows for each stored query.",
    )
    .argument("[uri]", "address of the graph")
    .requiredOption("--queries <folder>", "the folder of the queries (.gq)")
    .option("--schema <file>", "schema source (.pg) in place of a graph's")
    .addOption(
      new Option(
        "--for <side>",
        "what runs the queries: the library, with their text, or a server, by their names",
      )
        .choices(["library", "client"])
        .default("library"),
    )
    .option("--out <file>", "write to a file instead of standard output")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph codegen --queries ./queries --schema schema.pg --out queries.ts\n" +
        "  omnigraph codegen --queries ./queries --server prod --graph team --for client > queries.ts",
    );
  withServer(withTarget(command)).action(async (uri: string | undefined, options: Options) => {
    const catalog = compiledSchema(await schemaText(uri, options));
    const { queryFiles, storedQueries } = await import("@omnigraph/server/queries");
    const files = await queryFiles(options.queries);
    // Names that are there twice are refused.
    storedQueries(files, catalog);
    const queries = files.flatMap(({ path, text }, file): SourcedQuery[] => {
      const compiled = compileQueries({ file: path, text }, catalog);
      return compiled.queries.map(({ query, diagnostics }) => {
        if (query !== null) return { query, file };
        throw new OmnigraphError("query_invalid", diagnostics.map(formatDiagnostic).join("\n"));
      });
    });
    const text = moduleText({ catalog, files, queries, side: options.for });
    if (options.out === undefined) return context.terminal.out.data(text);
    try {
      await writeFile(options.out, text);
    } catch (cause) {
      throw fileError("file_unwritable", `cannot write the module ${options.out}`, cause);
    }
    return undefined;
  });

  async function schemaText(uri: string | undefined, options: Options): Promise<string> {
    if (options.schema !== undefined) return readInput(context, options.schema, "schema");
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    return open.graph.schema.show({ branch: options.branch });
  }
};
