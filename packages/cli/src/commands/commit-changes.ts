import { writeJson } from "@omnigraph/base";
import { type ChangeOptions, filterOf, withChangeFilter } from "../change-options.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import { given, wholeNumber, withJson } from "../options.ts";
import { blocksText, commitChangesJson } from "../output/changes.ts";
import { write } from "../terminal.ts";

interface Options extends GlobalOptions, ChangeOptions {
  readonly uri?: string;
  readonly limit?: number;
  readonly pageToken?: string;
}

export const define: Define = (command, context) => {
  command
    .summary("what a commit changed")
    .description("What a commit changed against its parent: whole entities as they were before and after.")
    .argument("<commit>", "commit id")
    .option("--uri <uri>", "address of the graph")
    .option("--store <uri>", "address of the graph")
    .option("--limit <n>", "at most so many changes", wholeNumber("--limit"))
    .option("--page-token <token>", "go on where an earlier page ended")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph commit changes --store ./my.omni 01M84CRWS90000000000000010\n" +
        "  omnigraph commit changes --store ./my.omni --kind edge --op delete 01M84CRWS90000000000000010",
    );
  withJson(withChangeFilter(command)).action(async (id: string, options: Options) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(storeOf(options, options.uri), { readOnly: true });
    const page = await graph.commits.changes(id, {
      ...filterOf(options),
      ...given({ limit: options.limit, pageToken: options.pageToken }),
      signal: context.signal,
    });
    if (options.json === true)
      return write(context.terminal.out, `${writeJson(commitChangesJson(page), 2)}\n`);
    const more = page.nextPageToken === null ? "" : `\nmore: --page-token ${page.nextPageToken}\n`;
    return write(context.terminal.out, blocksText([page]) + more);
  });
};
