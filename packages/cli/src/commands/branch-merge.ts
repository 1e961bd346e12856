import { given } from "@omnigraph/base";
import { mergeJson } from "@omnigraph/wire";
import { confirmed } from "../confirm.ts";
import { say } from "../context.ts";
import type { Define } from "../define.ts";
import { type DecisionOptions, runMerging, withDecisions } from "../merging.ts";
import { withAddress, withJson, withServer, withWrite } from "../options.ts";
import { localOf } from "../place.ts";

interface Options extends DecisionOptions {
  readonly into: string;
  readonly deleteBranch?: boolean;
  readonly yes?: boolean;
}

export const define: Define = (command, context) => {
  command
    .summary("bring what a branch changed into another")
    .description(
      "Merges what a branch changed into another, as one commit, all or nothing. Changes of both sides to one entity are put together property by property.",
    )
    .argument("<source>", "the branch whose changes are merged")
    .option("--into <branch>", "the branch that receives them", "main")
    .option("--delete-branch", "delete the source afterwards, unless somebody wrote to it meanwhile")
    .option("--yes", "no question before a branch is deleted on a store that others share")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch merge draft ./my.omni --dry-run\n" +
        "  omnigraph branch merge draft ./my.omni --as ann --message reviewed --delete-branch\n" +
        "  omnigraph branch merge draft ./my.omni --dry-run --resolutions-template decisions.json\n" +
        "  omnigraph branch merge draft ./my.omni --resolutions decisions.json --strategy ours",
    );
  withDecisions(command, "ours is the branch that receives, theirs is the source");
  withJson(withWrite(withServer(withAddress(command)))).action(
    (source: string, address: string | undefined, options: Options) => {
      const { into, deleteBranch } = options;
      return runMerging(context, options, address, {
        branch: into,
        confirm: async (uri) => {
          if (deleteBranch === true)
            await confirmed(context, options, uri, `Delete branch ${source} of ${uri} once it is merged?`);
        },
        preview: (open, asked) =>
          localOf(open, "--dry-run").branches.previewMerge(source, {
            ...asked,
            ...given({ deleteBranch }),
            into,
          }),
        write: ({ graph }, asked) =>
          graph.branches.merge(source, { ...asked, ...given({ deleteBranch }), into }),
        tell: async (answer) => {
          const { mergeText } = await import("../output/merge.ts");
          await say(context, options, mergeJson(answer), mergeText(answer));
        },
      });
    },
  );
};
