import type { RevertOptions } from "omnigraph";
import { echoTarget, say, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import {
  type DecisionOptions,
  decisionsOf,
  listingConflicts,
  sayPreview,
  withDecisions,
} from "../merging.ts";
import { given, withAddress, withJson, withWrite } from "../options.ts";

interface Options extends DecisionOptions {
  readonly uri?: string;
  readonly branch: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .summary("take back what a commit changed")
    .description("Takes back what a commit changed, as a new commit; what came later stays.")
    .argument("<commit>", "commit id")
    .option("--branch <name>", "branch", "main")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph revert 01M84CRWS90000000000000010 --store ./my.omni --dry-run\n" +
        '  omnigraph revert 01M84CRWS90000000000000010 --store ./my.omni --as ann --message "too early"',
    );
  withDecisions(command, "ours is the branch as it is, theirs is what was before the commit");
  withJson(withWrite(withAddress(command))).action(async (id: string, options: Options) => {
    const uri = storeOf(options, options.uri);
    const decisions = await decisionsOf(context, options);
    const dryRun = options.dryRun === true;
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri, { readOnly: dryRun });
    const asked: RevertOptions = {
      ...decisions,
      ...given({ actor: options.as, message: options.message, op: options.op }),
      branch: options.branch,
      signal: context.signal,
    };
    const receiver = { graph, branch: options.branch };
    if (dryRun)
      return await sayPreview(context, options, receiver, await graph.commits.previewRevert(id, asked));
    await echoTarget(context, options, uri, options.branch);
    const answer = await listingConflicts(context, options, receiver, () => graph.commits.revert(id, asked));
    const { revertJson, revertText } = await import("../output/merge.ts");
    return say(context, options, revertJson(answer), revertText(answer));
  });
};
