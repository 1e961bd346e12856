import { given, writeJson } from "@omnigraph/base";
import { commitChangesJson } from "@omnigraph/wire";
import { type ChangeOptions, filterOf, withChangeFilter } from "../change-options.ts";
import type { GlobalOptions } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { COMMIT, wholeNumber, withAddress, withJson, withServer } from "../options.ts";
import { blocksText } from "../output/changes.ts";
import { shown } from "../output/shown.ts";
import { showingValuesOf } from "../output/values.ts";

interface Options extends GlobalOptions, ChangeOptions {
  readonly limit?: number;
  readonly pageToken?: string;
}

export const define: Define = (command, context) => {
  command
    .summary("what a commit changed")
    .description("What a commit changed against its parent: whole entities as they were before and after.")
    .argument("<commit>", COMMIT)
    .option("--limit <n>", "at most so many changes", wholeNumber("--limit"))
    .option("--page-token <token>", "go on where an earlier page ended")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph commit changes main ./my.omni\n" +
        "  omnigraph commit changes main~2 ./my.omni --kind edge --op delete",
    );
  withJson(withChangeFilter(withServer(withAddress(command)))).action(
    async (id: string, uri: string | undefined, options: Options) => {
      await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
      const { graph } = open;
      const page = await graph.commits.changes(id, {
        ...filterOf(options),
        ...given({ limit: options.limit, pageToken: options.pageToken }),
        signal: context.signal,
      });
      const { out } = context.terminal;
      if (options.json === true) return out.data(`${writeJson(commitChangesJson(page), 2)}\n`);
      const more = page.nextPageToken === null ? "" : shown`\nmore: --page-token ${page.nextPageToken}\n`;
      const values = await showingValuesOf(graph, { at: page.cause.commit });
      return out.say(shown`${blocksText([page], values)}${more}`);
    },
  );
};
