import { OmnigraphError } from "@omnigraph/base";
import { Option } from "commander";
import type { Define } from "../define.ts";
import { withPast } from "../at.ts";
import { warn } from "../failure.ts";
import { withJson, withServer, withTarget } from "../options.ts";
import { type Format, FORMATS, printAnswer } from "../output/answer.ts";
import { openAt, storedIn } from "../place.ts";
import { type ReadingOptions, readingOf } from "../reading.ts";
import { withSource } from "../source.ts";

interface Options extends ReadingOptions {
  readonly format?: Format;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Runs a read and prints its rows. On a server a name without a source is that of a stored query.",
    )
    .addOption(new Option("--format <format>", "how rows are printed").choices(FORMATS))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph query people ./my.omni --query team.gq\n" +
        "  omnigraph query ./my.omni -e 'match { $p: Person } return { $p.name }'\n" +
        "  omnigraph query ./my.omni -e 'query one($n: String) { match { $p: Person { name: $n } } return { $p.name } }' --params '{\"n\": \"Ann\"}'\n" +
        "  omnigraph query people --server https://graphs.example.com --graph team",
    );
  withJson(withPast(withServer(withTarget(withSource(command))))).action(
    async (first: string | undefined, second: string | undefined, options: Options) => {
      if (options.json === true && options.format !== undefined && options.format !== "json") {
        throw new OmnigraphError("usage", `--json is --format json, not ${options.format}; give one`);
      }
      const { place, text, parameters, options: asked } = await readingOf(context, [first, second], options);
      await using open = await openAt(context, place, { readOnly: true });
      const answer =
        text === null
          ? await storedIn(open).read(asked.name ?? "", parameters, asked)
          : await open.graph.query(text, parameters, asked);
      await warn(answer.warnings, options.json === true || options.format === "json", context.terminal);
      const format = options.format ?? (options.json === true ? "json" : "table");
      await printAnswer(answer, format, context.terminal);
    },
  );
};
