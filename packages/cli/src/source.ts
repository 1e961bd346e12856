import { type JsonValue, OmnigraphError, parseJson } from "@omnigraph/base";
import type { Command } from "commander";
import type { Context } from "./context.ts";
import { checkOneInput, inFile, inputName, readInput } from "./files.ts";
import type { Place } from "./place.ts";

/** Options that name a query source and its parameters. */
export interface SourceOptions {
  readonly query?: string;
  readonly queryString?: string;
  readonly params?: string;
  readonly paramsFile?: string;
}

export interface QuerySource {
  readonly text: string;
  readonly file: string;
}

/** The arguments and options of commands that run a query. */
export function withSource(command: Command): Command {
  return command
    .argument("[name]", "the query's name; not needed when the source holds one")
    .argument(
      "[uri]",
      "address of the graph, in any place: no name has a slash, a colon or a dot, so write ./team for the folder team",
    )
    .option("--query <file>", "query source (.gq), or - for standard input")
    .option("-e, --query-string <source>", "query source as text")
    .option("--params <json>", "parameters as a JSON object")
    .option("--params-file <file>", "parameters from a file, or - for standard input");
}

const NAME = /^[A-Za-z_]\w*$/;

/** Tells the name of the query from the address of the graph: a word that cannot be a name is an address. Errors: `usage` for two of one kind. */
export function nameAndAddress(...words: readonly (string | undefined)[]): {
  readonly name: string | undefined;
  readonly address: string | undefined;
} {
  const given = words.filter((word) => word !== undefined);
  const names = given.filter((word) => NAME.test(word));
  const addresses = given.filter((word) => !NAME.test(word));
  if (names.length > 1)
    throw new OmnigraphError(
      "usage",
      `the query is named twice: ${names.join(" and ")}; for a graph in the folder ${names.at(-1)} write ./${names.at(-1)}`,
    );
  if (addresses.length > 1)
    throw new OmnigraphError("usage", `the graph is named twice: ${addresses.join(" and ")}; give one`);
  return { name: names[0], address: addresses[0] };
}

/** Whether a query is one that a server has stored: it is named, and no source is given. */
export function isStored(
  { kind }: Pick<Place, "kind">,
  name: string | undefined,
  { query, queryString }: SourceOptions,
): name is string {
  return kind === "server" && name !== undefined && query === undefined && queryString === undefined;
}

/** The source of `--query file` or `-e text`: one of them. */
export async function querySource(context: Context, options: SourceOptions): Promise<QuerySource> {
  const { query, queryString, paramsFile } = options;
  if (query !== undefined && queryString !== undefined) {
    throw new OmnigraphError("usage", "give the source once: --query <file> or -e <source>");
  }
  checkOneInput(["--query", query], ["--params-file", paramsFile]);
  if (queryString !== undefined) return { text: queryString, file: "<command line>" };
  if (query === undefined) throw new OmnigraphError("usage", "no source: give --query <file> or -e <source>");
  return { text: await readInput(context, query, "query file"), file: inputName(query) };
}

/** The parameters of `--params` or `--params-file`: a JSON object. */
export async function queryParameters(
  context: Context,
  { params, paramsFile }: SourceOptions,
): Promise<Record<string, unknown>> {
  if (params !== undefined && paramsFile !== undefined) {
    throw new OmnigraphError("usage", "give the parameters once: --params <json> or --params-file <file>");
  }
  const text = paramsFile === undefined ? params : await readInput(context, paramsFile, "parameter file");
  if (text === undefined) return {};
  const value = parsed(text, paramsFile === undefined ? "--params" : inputName(paramsFile));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OmnigraphError(
      "parameter_invalid",
      'the parameters must be a JSON object such as \'{"name": "Ann"}\'',
    );
  }
  return Object.fromEntries(Object.entries(value));
}

/** Parses JSON. Errors: `json_invalid`, naming the place of the text. */
function parsed(text: string, place: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw inFile(place, cause);
  }
}
