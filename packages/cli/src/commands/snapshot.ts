import { writeJson } from "@omnigraph/base";
import type { Define } from "../define.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { withJson, withTarget } from "../options.ts";
import { table } from "../output/table.ts";
import { snapshotJson } from "../output/wire.ts";
import { write } from "../terminal.ts";

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
    await using graph = await Omnigraph.open(storeOf(options, uri), { readOnly: true });
    const snapshot = await graph.snapshot({ branch: options.branch, signal: context.signal });
    if (options.json === true)
      return write(context.terminal.out, `${writeJson(snapshotJson(snapshot), 2)}\n`);
    const rows = snapshot.datasets.map((d) => [d.kind, d.typeName, String(d.count)]);
    const head = `branch ${snapshot.branch} at commit ${snapshot.commit.id} (depth ${snapshot.commit.depth})\n`;
    return write(context.terminal.out, head + table(["kind", "type", "entities"], rows, context.terminal));
  });
};
