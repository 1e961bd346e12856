import { type OperationAnswer, writeFateJson } from "@omnigraph/wire";
import { type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { withAddress, withJson } from "../options.ts";
import { type Shown, shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
}

export const define: Define = (command, context) => {
  command
    .description("What became of a write whose answer was lost.")
    .addHelpText("after", "\nExample:\n  omnigraph write show order-17 ./my.omni");
  defineShow(command.command("show"), context);
};

const defineShow: Define = (command, context) => {
  command
    .summary("whether a write is there, by the name that it was given with --op")
    .argument("<key>", "the name of the write")
    .option("--branch <name>", "the branch that it was to write", "main")
    .addHelpText(
      "after",
      "\nOne that touched no row leaves no trace. To repeat a write under its name is always safe.\n\n" +
        "Example:\n  omnigraph write show order-17 ./my.omni --branch draft",
    );
  withJson(withAddress(command)).action(
    async (key: string, address: string | undefined, options: Options) => {
      const uri = await storeOf(context, options, address);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(uri, { readOnly: true });
      const { branch } = options;
      const found = await graph.maintenance.operation(key, { branch, signal: context.signal });
      return say(context, options, writeFateJson(found), describe(found));
    },
  );
};

function describe({ operation, branch, state, commit }: OperationAnswer): Shown {
  if (commit !== null)
    return shown`committed: write ${operation} is commit ${commit.id} of branch ${branch}\n`;
  if (state === "running")
    return shown`unknown: write ${operation} is being staged for branch ${branch}; look again later\n`;
  return shown`none: branch ${branch} has no commit of write ${operation}; it can be repeated under that name\n`;
}
