import { type JsonValue, OmnigraphError, parseJson } from "@omnigraph/base";
import { inFile, readText } from "./context.ts";

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

/** The source of `--query file` or `-e text`: one of them. */
export async function querySource(options: SourceOptions): Promise<QuerySource> {
  if (options.query !== undefined && options.queryString !== undefined) {
    throw new OmnigraphError("usage", "give the source once: --query <file> or -e <source>");
  }
  if (options.queryString !== undefined) return { text: options.queryString, file: "<command line>" };
  if (options.query === undefined)
    throw new OmnigraphError("usage", "no source: give --query <file> or -e <source>");
  return { text: await readText(options.query, "query file"), file: options.query };
}

/** The parameters of `--params` or `--params-file`: a JSON object. */
export async function queryParameters(options: SourceOptions): Promise<Record<string, unknown>> {
  if (options.params !== undefined && options.paramsFile !== undefined) {
    throw new OmnigraphError("usage", "give the parameters once: --params <json> or --params-file <file>");
  }
  const text =
    options.paramsFile === undefined ? options.params : await readText(options.paramsFile, "parameter file");
  if (text === undefined) return {};
  const value = parsed(text, options.paramsFile ?? "--params");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OmnigraphError(
      "parameter_invalid",
      'the parameters must be a JSON object such as \'{"name": "Ann"}\'',
    );
  }
  return Object.fromEntries(Object.entries(value));
}

/** Errors: `json_invalid` naming where the text stands. */
function parsed(text: string, place: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw inFile(place, cause);
  }
}
