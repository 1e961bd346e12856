import { isError, type JsonValue, OmnigraphError, parseJson, writeJson } from "@omnigraph/base";
import { Option } from "commander";
import type { Alias } from "../configuration.ts";
import type { GlobalOptions } from "../context.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";
import { FORMATS } from "../output/answer.ts";
import { queryParameters } from "../source.ts";

interface Options extends GlobalOptions {
  readonly params?: string;
  readonly paramsFile?: string;
  readonly format?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Runs a query or a mutation that the configuration file has under a name, with its graph and its parameters.",
    )
    .argument("<name>", "the alias")
    .argument("[args...]", "values of the parameters that its args name, in their order")
    .option("--params <json>", "more parameters as a JSON object; they go before those of the alias")
    .option("--params-file <file>", "the same from a file, or - for standard input")
    .addOption(new Option("--format <format>", "how rows are printed").choices(FORMATS))
    .option("--quiet", "no echo of the target")
    .addHelpText("after", "\nExample:\n  omnigraph alias friends Ann");
  withJson(command).action(async (name: string, args: readonly string[], options: Options) => {
    const { aliases } = await context.settings.configuration();
    const alias = aliases.get(name);
    if (alias === undefined)
      throw new OmnigraphError(
        "usage",
        `there is no alias ${name} in ${context.settings.path}: ${[...aliases.keys()].join(", ")}`,
      );
    const given = await queryParameters(context, options);
    const params = { ...alias.params, ...argumentsOf(name, alias, args), ...given };
    context.exit(await context.run(wordsOf(alias, params, options)));
  });
};

/** The command line that an alias stands for. */
function wordsOf(
  alias: Alias,
  params: object,
  { json, quiet, format = alias.format }: Options,
): readonly string[] {
  const option = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, value];
  return [
    alias.command,
    ...(alias.query === undefined ? [] : [alias.query]),
    ...option("query", alias.file),
    ...option("store", alias.store),
    ...option("server", alias.server),
    ...option("graph", alias.graph),
    ...option("profile", alias.profile),
    ...option("branch", alias.branch),
    ...option("params", Object.keys(params).length === 0 ? undefined : writeJson(params)),
    ...(alias.command === "query" && json !== true ? option("format", format) : []),
    ...(json === true ? ["--json"] : []),
    ...(quiet === true && alias.command === "mutate" ? ["--quiet"] : []),
  ];
}

/** Errors: `usage` for more arguments than the alias takes, `parameter_invalid` for one that is no JSON and is to be. */
function argumentsOf(
  name: string,
  { args: known }: Alias,
  args: readonly string[],
): Record<string, JsonValue> {
  if (args.length > known.length)
    throw new OmnigraphError(
      "usage",
      `the alias ${name} takes ${known.length} arguments (${known.map((one) => one.name).join(", ")}), not ${args.length}`,
    );
  return Object.fromEntries(
    args.flatMap((text, at) => {
      const parameter = known[at];
      if (parameter === undefined) return [];
      return [[parameter.name, parameter.as === "text" ? text : jsonOf(parameter.name, text)]];
    }),
  );
}

function jsonOf(name: string, text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!isError(cause)) throw cause;
    throw new OmnigraphError("parameter_invalid", `the argument ${name} is to be JSON: ${cause.message}`, {
      cause,
    });
  }
}
