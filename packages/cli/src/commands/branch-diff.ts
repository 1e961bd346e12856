import { given } from "@omnigraph/base";
import type { Diff, Omnigraph } from "omnigraph";
import { type ChangeOptions, filterOf, withChangeFilter } from "../change-options.ts";
import type { Context, GlobalOptions } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { withAddress, withJson } from "../options.ts";
import { countsText } from "../output/counts.ts";
import { DIFF_HEAD, diffJson, diffRows } from "../output/diff.ts";
import { shown } from "../output/shown.ts";
import { tablePieces } from "../output/table.ts";
import { showingValuesOf } from "../output/values.ts";

interface Options extends GlobalOptions, ChangeOptions {
  readonly sinceBase?: boolean;
  readonly stat?: boolean;
}

export const define: Define = (command, context) => {
  command
    .summary("what differs between two branches or commits")
    .description("What turns the state of one branch or commit into that of another, property by property.")
    .argument("<from>", "a branch or a commit: its id or the first digits of it, or main~2")
    .argument("<to>", "the same")
    .option("--since-base", "only what <to> changed since it was made of <from>, or merged with it last")
    .option("--stat", "only how many entities of each type differ")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch diff main draft ./my.omni --since-base\n" +
        "  omnigraph branch diff main draft ./my.omni --stat\n" +
        "  omnigraph branch diff main~2 main ./my.omni --type Person --json",
    );
  withJson(withChangeFilter(withAddress(command))).action(
    async (from: string, to: string, uri: string | undefined, options: Options) => {
      const { Omnigraph: Graph } = await import("omnigraph");
      await using graph = await Graph.open(await storeOf(context, options, uri), { readOnly: true });
      const diff = await graph.branches.diff(from, to, {
        ...filterOf(options),
        ...given({ sinceBase: options.sinceBase }),
        signal: context.signal,
      });
      await print(graph, diff, options, context);
    },
  );
};

async function print(graph: Omnigraph, diff: Diff, options: Options, { terminal }: Context): Promise<void> {
  const { out } = terminal;
  const whole = options.stat !== true;
  if (options.json === true) {
    for await (const piece of diffJson(diff, whole ? diff.changes() : null)) await out.data(piece);
    return;
  }
  if (diff.stat.length === 0) return out.say(shown`no differences\n`);
  if (!whole) return out.say(countsText(diff.stat, terminal));
  const rows = diffRows(diff.changes(), await showingValuesOf(graph, { at: diff.to }));
  for await (const piece of tablePieces(DIFF_HEAD, rows, terminal)) await out.say(piece);
}
