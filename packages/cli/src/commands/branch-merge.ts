import { given } from "@omnigraph/base";
import { mergeJson } from "@omnigraph/wire";
import type { MergeOptions } from "omnigraph";
import { confirmed } from "../confirm.ts";
import { authorOf, echoTarget, say, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import {
  type DecisionOptions,
  decisionsOf,
  listingConflicts,
  sayPreview,
  withDecisions,
} from "../merging.ts";
import { withAddress, withJson, withWrite } from "../options.ts";

interface Options extends DecisionOptions {
  readonly into: string;
  readonly deleteBranch?: boolean;
  readonly message?: string;
  readonly op?: string;
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
  withJson(withWrite(withAddress(command))).action(
    async (source: string, address: string | undefined, options: Options) => {
      const uri = await storeOf(context, options, address);
      const actor = await authorOf(context, options);
      const decisions = await decisionsOf(context, options);
      const dryRun = options.dryRun === true;
      if (options.deleteBranch === true && !dryRun)
        await confirmed(context, options, uri, `Delete branch ${source} of ${uri} once it is merged?`);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(uri, { readOnly: dryRun });
      const asked: MergeOptions = {
        ...decisions,
        ...given({ actor, message: options.message, op: options.op }),
        ...given({ deleteBranch: options.deleteBranch }),
        into: options.into,
        signal: context.signal,
      };
      const receiver = { graph, branch: options.into };
      if (dryRun)
        return await sayPreview(context, options, receiver, await graph.branches.previewMerge(source, asked));
      await echoTarget(context, options, uri, options.into);
      const answer = await listingConflicts(context, options, receiver, () =>
        graph.branches.merge(source, asked),
      );
      const { mergeText } = await import("../output/merge.ts");
      return say(context, options, mergeJson(answer), mergeText(answer));
    },
  );
};
