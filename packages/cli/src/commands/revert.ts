import { given } from "@omnigraph/base";
import { revertJson } from "@omnigraph/wire";
import type { RevertOptions } from "omnigraph";
import { authorOf, echoTarget, say, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import {
  type DecisionOptions,
  decisionsOf,
  listingConflicts,
  sayPreview,
  withDecisions,
} from "../merging.ts";
import { COMMIT, withAddress, withJson, withWrite } from "../options.ts";

interface Options extends DecisionOptions {
  readonly branch: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .summary("take back what a commit changed")
    .description("Takes back what a commit changed, as a new commit; what came later stays.")
    .argument("<commit>", COMMIT)
    .option("--branch <name>", "branch", "main")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph revert main ./my.omni --dry-run\n" +
        '  omnigraph revert 01M84CRWS90000000000000010 ./my.omni --as ann --message "too early"',
    );
  withDecisions(command, "ours is the branch as it is, theirs is what was before the commit");
  withJson(withWrite(withAddress(command))).action(
    async (id: string, address: string | undefined, options: Options) => {
      const uri = await storeOf(context, options, address);
      const actor = await authorOf(context, options);
      const decisions = await decisionsOf(context, options);
      const dryRun = options.dryRun === true;
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(uri, { readOnly: dryRun });
      const asked: RevertOptions = {
        ...decisions,
        ...given({ actor, message: options.message, op: options.op }),
        branch: options.branch,
        signal: context.signal,
      };
      const receiver = { graph, branch: options.branch };
      if (dryRun)
        return await sayPreview(context, options, receiver, await graph.commits.previewRevert(id, asked));
      await echoTarget(context, options, uri, options.branch);
      const answer = await listingConflicts(context, options, receiver, () =>
        graph.commits.revert(id, asked),
      );
      const { revertText } = await import("../output/merge.ts");
      return say(context, options, revertJson(answer), revertText(answer));
    },
  );
};
