import { given, OmnigraphError } from "@omnigraph/base";
import { Option } from "commander";
import type { Define } from "../define.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { type PastOptions, pastOf, withPast } from "../at.ts";
import { warn } from "../failure.ts";
import { withJson, withTarget } from "../options.ts";
import { type Format, FORMATS, printAnswer } from "../output/answer.ts";
import { nameAndAddress, queryParameters, querySource, type SourceOptions, withSource } from "../source.ts";

interface Options extends GlobalOptions, SourceOptions, PastOptions {
  readonly branch: string;
  readonly format?: Format;
}

export const define: Define = (command, context) => {
  command
    .description("Runs a read and prints its rows.")
    .addOption(new Option("--format <format>", "how rows are printed").choices(FORMATS))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph query people ./my.omni --query team.gq\n" +
        "  omnigraph query ./my.omni -e 'match { $p: Person } return { $p.name }'\n" +
        "  omnigraph query ./my.omni -e 'query one($n: String) { match { $p: Person { name: $n } } return { $p.name } }' --params '{\"n\": \"Ann\"}'",
    );
  withJson(withPast(withTarget(withSource(command)))).action(
    async (first: string | undefined, second: string | undefined, options: Options) => {
      if (options.json === true && options.format !== undefined && options.format !== "json") {
        throw new OmnigraphError("usage", `--json is --format json, not ${options.format}; give one`);
      }
      const { name, address } = nameAndAddress(first, second);
      const uri = await storeOf(context, options, address);
      const at = pastOf(options);
      const source = await querySource(context, options);
      const parameters = await queryParameters(context, options);
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
      await printAnswer(answer, format, context.terminal);
    },
  );
};
