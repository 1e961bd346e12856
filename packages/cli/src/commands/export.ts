import { counted, given, OmnigraphError } from "@omnigraph/base";
import { tablesExportJson } from "@omnigraph/wire";
import { Option } from "commander";
import type { ExportOptions, Omnigraph, TablesExportAnswer } from "omnigraph";
import { type PastOptions, pastOf, withPast } from "../at.ts";
import type { Define } from "../define.ts";
import { type Context, type GlobalOptions, say } from "../context.ts";
import { localOf, openAt, placeOf } from "../place.ts";
import { withJson, withServer, withTarget } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";

interface Options extends GlobalOptions, PastOptions {
  readonly branch: string;
  readonly type?: readonly string[];
  readonly format: "ndjson" | "lance" | "parquet";
  readonly to?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Writes the graph as NDJSON on standard output, or as tables into a folder; loading the lines into an empty graph gives an equal graph.",
    )
    .argument("[uri]", "address of the graph")
    .option("--type <name>", "only this type; may be given several times", also)
    .addOption(
      new Option("--format <format>", "lines, or a table of each type for other programs")
        .choices(["ndjson", "lance", "parquet"])
        .default("ndjson"),
    )
    .option("--to <folder>", "where tables go: a new or empty folder, or s3://bucket/prefix")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph export ./my.omni > backup.jsonl\n" +
        "  omnigraph export ./my.omni --at 2026-01-31 > january.jsonl\n" +
        "  omnigraph export ./my.omni --format parquet --to ./tables",
    );
  withJson(withPast(withServer(withTarget(command)))).action(
    async (uri: string | undefined, options: Options) => {
      const at = pastOf(options);
      const to = folderOf(options);
      await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
      const asked = {
        ...given({ types: options.type, at }),
        branch: options.branch,
        signal: context.signal,
      };
      if (to === null) return await lines(open.graph, asked, context);
      const answer = await localOf(open, `--format ${to.format}`).tables.export(to.folder, {
        ...asked,
        format: to.format,
      });
      return await say(context, options, tablesExportJson(answer), describe(answer, context.terminal));
    },
  );
};

async function lines(
  graph: Pick<Omnigraph, "export">,
  options: ExportOptions,
  { terminal }: Context,
): Promise<void> {
  for await (const piece of graph.export(options)) await terminal.out.data(piece);
}

/** Where tables go, and as what; null for lines. Throws `usage`. */
function folderOf({ format, to, json }: Options): { folder: string; format: "lance" | "parquet" } | null {
  if (format === "ndjson") {
    if (to !== undefined)
      throw new OmnigraphError(
        "usage",
        "--to is for --format lance and parquet; lines go to standard output",
      );
    if (json === true)
      throw new OmnigraphError("usage", "--json is for --format lance and parquet; lines are JSON each");
    return null;
  }
  if (to === undefined)
    throw new OmnigraphError("usage", `--format ${format} needs --to, a new or empty folder for the tables`);
  return { folder: to, format };
}

function describe({ to, commit, tables }: TablesExportAnswer, terminal: Terminal): Shown {
  const rows = tables.map(({ kind, typeName, path, rows: count }) => [kind, typeName, path, String(count)]);
  const named = table(["kind", "type", "table", { name: "entities", align: "right" }], rows, terminal);
  return shown`${counted(tables.length, "table")} in ${to}, of commit ${commit.id}\n${named}`;
}

function also(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}
