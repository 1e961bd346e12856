import { counted, given } from "@omnigraph/base";
import { type SnapshotAnswer, snapshotJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import { withJson, withServer, withTarget } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import type { Terminal } from "../terminal.ts";
import { INTERNAL_SCHEMA_VERSION } from "../version.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly tables?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description("Counts the entities of each type at the head of a branch.")
    .argument("[uri]", "address of the graph")
    .option("--tables", "name the tables of each type, for other engines to read")
    .addHelpText("after", "\nExample:\n  omnigraph snapshot ./my.omni");
  withJson(withServer(withTarget(command))).action(async (uri: string | undefined, options: Options) => {
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    const snapshot = await open.graph.snapshot({
      ...given({ tables: options.tables }),
      branch: options.branch,
      signal: context.signal,
    });
    const rows = snapshot.datasets.map((d) => [d.kind, d.typeName, String(d.count)]);
    const { branch, commit } = snapshot;
    const head = shown`branch ${branch} at commit ${commit.id} (depth ${commit.depth})\n`;
    const counts = table(["kind", "type", { name: "entities", align: "right" }], rows, context.terminal);
    const named = options.tables === true ? tablesShown(snapshot, context.terminal) : shown``;
    const text = shown`${head}${counts}${named}`;
    return say(context, options, snapshotJson(snapshot, INTERNAL_SCHEMA_VERSION), text);
  });
};

function tablesShown({ datasets }: SnapshotAnswer, terminal: Terminal): Shown {
  const rows = datasets.flatMap(({ typeName, tables = [], commitsBesides = 0 }) => [
    ...tables.map(({ path, version, rows: count, tombstones, columns, indexes }) => [
      typeName,
      path,
      ...[version, count, tombstones].map(String),
      Object.entries(columns)
        .map(([property, column]) => (property === column ? column : `${property} as ${column}`))
        .join(", "),
      indexes.join(", "),
    ]),
    ...(commitsBesides === 0
      ? []
      : [[typeName, `${counted(commitsBesides, "commit")} with changes`, "", "", "", "", ""]]),
  ]);
  const numbers = ["version", "rows", "deletions"].map((name) => ({ name, align: "right" as const }));
  return shown`\n${table(["type", "table", ...numbers, "columns", "indexes"], rows, terminal)}`;
}
