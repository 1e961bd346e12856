import { revertJson } from "@omnigraph/wire";
import { say } from "../context.ts";
import type { Define } from "../define.ts";
import { type DecisionOptions, runMerging, withDecisions } from "../merging.ts";
import { COMMIT, withAddress, withJson, withWrite } from "../options.ts";
import { localOf } from "../place.ts";

interface Options extends DecisionOptions {
  readonly branch: string;
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
    (id: string, address: string | undefined, options: Options) => {
      const { branch } = options;
      return runMerging(context, options, address, {
        branch,
        preview: (open, asked) => localOf(open, "revert").commits.previewRevert(id, { ...asked, branch }),
        write: (open, asked) => localOf(open, "revert").commits.revert(id, { ...asked, branch }),
        tell: async (answer) => {
          const { revertText } = await import("../output/merge.ts");
          await say(context, options, revertJson(answer), revertText(answer));
        },
      });
    },
  );
};
