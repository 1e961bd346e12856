import type { Diff } from "omnigraph";
import { type ChangeOptions, filterOf, withChangeFilter } from "../change-options.ts";
import { type Context, type GlobalOptions, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import { given, withAddress, withJson } from "../options.ts";
import { countsText } from "../output/counts.ts";
import { DIFF_HEAD, diffJson, diffRows } from "../output/diff.ts";
import { tablePieces } from "../output/table.ts";
import { write } from "../terminal.ts";

interface Options extends GlobalOptions, ChangeOptions {
  readonly uri?: string;
  readonly sinceBase?: boolean;
  readonly stat?: boolean;
}

export const define: Define = (command, context) => {
  command
    .summary("what differs between two branches or commits")
    .description("What turns the state of one branch or commit into that of another, property by property.")
    .argument("<from>", "a branch or a commit id")
    .argument("<to>", "a branch or a commit id")
    .option("--since-base", "only what <to> changed since it was made of <from>, or merged with it last")
    .option("--stat", "only how many entities of each type differ")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch diff main draft --uri ./my.omni --since-base\n" +
        "  omnigraph branch diff main draft --uri ./my.omni --stat\n" +
        "  omnigraph branch diff 01M84CRWS90000000000000010 main --uri ./my.omni --type Person --json",
    );
  withJson(withChangeFilter(withAddress(command))).action(
    async (from: string, to: string, options: Options) => {
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(storeOf(options, options.uri), { readOnly: true });
      const diff = await graph.branches.diff(from, to, {
        ...filterOf(options),
        ...given({ sinceBase: options.sinceBase }),
        signal: context.signal,
      });
      for await (const piece of piecesOf(diff, options, context)) await write(context.terminal.out, piece);
    },
  );
};

function piecesOf(diff: Diff, options: Options, { terminal }: Context): AsyncIterable<string> | string[] {
  const whole = options.stat !== true;
  if (options.json === true) return diffJson(diff, whole ? diff.changes() : null);
  if (diff.stat.length === 0) return ["no differences\n"];
  return whole
    ? tablePieces(DIFF_HEAD, diffRows(diff.changes()), terminal)
    : [countsText(diff.stat, terminal)];
}
