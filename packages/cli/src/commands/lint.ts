import { OmnigraphError } from "@omnigraph/base";
import {
  type Catalog,
  checkSchema,
  type Diagnostic,
  formatDiagnostic,
  lintSource,
} from "@omnigraph/language";
import type { LintJson, SchemaSourceJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { type Context, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import { checkOneInput, inputName, readInput } from "../files.ts";
import { withJson, withTarget } from "../options.ts";
import { lintText } from "../output/lint.ts";

interface Options extends GlobalOptions {
  readonly query: string;
  readonly schema?: string;
  readonly branch: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Checks a query file against a schema: a file, or that of a graph. The report is printed whatever the outcome.",
    )
    .argument("[uri]", "address of the graph whose schema counts")
    .requiredOption("--query <file>", "query source (.gq), or - for standard input")
    .option("--schema <file>", "schema source (.pg), or - for standard input")
    .addHelpText("after", "\nExample:\n  omnigraph lint --schema schema.pg --query team.gq");
  withJson(withTarget(command)).action(async (uri: string | undefined, options: Options) => {
    checkOneInput(["--query", options.query], ["--schema", options.schema]);
    const text = await readInput(context, options.query, "query file");
    const { catalog, source, warnings } = await schemaOf(context, options, uri);
    const report = lintSource({ file: inputName(options.query), text }, catalog);
    const json: LintJson = {
      ...report.json,
      warnings: report.json.warnings + warnings.length,
      schema_source: source,
      query_path: options.query,
      ...(warnings.length === 0 ? {} : { schema_warnings: warnings }),
    };
    await say(context, options, json, lintText(report, warnings));
    if (report.json.status === "error") context.exit(1);
  });
};

interface Schema {
  readonly catalog: Catalog;
  readonly source: SchemaSourceJson;
  /** Of a schema file. */
  readonly warnings: readonly Diagnostic[];
}

async function schemaOf(context: Context, options: Options, uri: string | undefined): Promise<Schema> {
  if (options.schema !== undefined && (uri ?? options.store ?? options.uri) !== undefined) {
    throw new OmnigraphError("usage", "name the schema once: --schema <file>, or a graph");
  }
  if (options.schema !== undefined) {
    const { catalog, diagnostics } = checkSchema({
      file: inputName(options.schema),
      text: await readInput(context, options.schema, "schema"),
    });
    const source: SchemaSourceJson = { kind: "file", path: options.schema };
    if (catalog !== null) return { catalog, source, warnings: diagnostics };
    throw new OmnigraphError("schema_invalid", diagnostics.map(formatDiagnostic).join("\n"), {
      details: { diagnostics },
    });
  }
  const path = await storeOf(context, options, uri);
  const { Omnigraph } = await import("omnigraph");
  await using graph = await Omnigraph.open(path, { readOnly: true });
  const catalog = await graph.schema.catalog({ branch: options.branch });
  return { catalog, source: { kind: "graph", path }, warnings: [] };
}
