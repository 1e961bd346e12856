import { snapshotJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { type GlobalOptions, say, storeOf } from "../context.ts";
import { withJson, withTarget } from "../options.ts";
import { shown } from "../output/shown.ts";
import { table } from "../output/table.ts";
import { INTERNAL_SCHEMA_VERSION } from "../version.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
}

export const define: Define = (command, context) => {
  command
    .description("Counts the entities of each type at the head of a branch.")
    .argument("[uri]", "address of the graph")
    .addHelpText("after", "\nExample:\n  omnigraph snapshot ./my.omni");
  withJson(withTarget(command)).action(async (uri: string | undefined, options: Options) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(await storeOf(context, options, uri), { readOnly: true });
    const snapshot = await graph.snapshot({ branch: options.branch, signal: context.signal });
    const rows = snapshot.datasets.map((d) => [d.kind, d.typeName, String(d.count)]);
    const { branch, commit } = snapshot;
    const head = shown`branch ${branch} at commit ${commit.id} (depth ${commit.depth})\n`;
    const counts = table(["kind", "type", { name: "entities", align: "right" }], rows, context.terminal);
    return say(context, options, snapshotJson(snapshot, INTERNAL_SCHEMA_VERSION), shown`${head}${counts}`);
  });
};
