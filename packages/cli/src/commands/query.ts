import { OmnigraphError } from "@omnigraph/base";
import { Option } from "commander";
import type { Define } from "../define.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { type PastOptions, pastOf, withPast } from "../at.ts";
import { warn } from "../failure.ts";
import { given, withJson, withTarget } from "../options.ts";
import { type Format, FORMATS, formatAnswer } from "../output/answer.ts";
import { queryParameters, querySource, type SourceOptions } from "../source.ts";
import { write } from "../terminal.ts";

interface Options extends GlobalOptions, SourceOptions, PastOptions {
  readonly branch: string;
  readonly format?: Format;
}

export const define: Define = (command, context) => {
  command
    .description("Runs a read and prints its rows.")
    .argument("[name]", "the query's name; not needed when the source holds one")
    .option("--query <file>", "query source (.gq)")
    .option("-e, --query-string <source>", "query source as text")
    .option("--params <json>", "parameters as a JSON object")
    .option("--params-file <file>", "parameters from a file")
    .addOption(new Option("--format <format>", "how rows are printed").choices(FORMATS))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph query --store ./my.omni --query team.gq people\n" +
        "  omnigraph query --store ./my.omni -e 'query one($n: String) { match { $p: Person { name: $n } } return { $p.name } }' --params '{\"n\": \"Ann\"}'",
    );
  withJson(withPast(withTarget(command))).action(async (name: string | undefined, options: Options) => {
    if (options.json === true && options.format !== undefined && options.format !== "json") {
      throw new OmnigraphError("usage", `--json is --format json, not ${options.format}; give one`);
    }
    const uri = storeOf(options);
    const at = pastOf(options);
    const source = await querySource(options);
    const parameters = await queryParameters(options);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    const answer = await graph.query(source.text, parameters, {
      ...given({ name, at }),
      file: source.file,
      branch: options.branch,
      signal: context.signal,
    });
    await warn(answer.warnings, options.json === true || options.format === "json", context.terminal);
    const format = options.format ?? (options.json === true ? "json" : "table");
    await write(context.terminal.out, await formatAnswer(answer, format, context.terminal));
  });
};
