import { copyOptions, type CopyingOptions, sayCopied, withCopying } from "../copying.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";

export const define: Define = (command, context) => {
  command
    .description(
      "Copies a backup to an address where no graph is. The graph there is the one that was backed up, with its id and its history.",
    )
    .argument("<from>", "address of the backup")
    .argument("<to>", "address of the graph: a new or empty folder, s3://bucket/prefix or memory://name")
    .addHelpText("after", "\nExample:\n  omnigraph restore s3://backups/my.omni ./my.omni");
  withJson(withCopying(command)).action(async (from: string, to: string, options: CopyingOptions) => {
    const { Omnigraph } = await import("omnigraph");
    const answer = await Omnigraph.restore(from, to, copyOptions(context, options));
    return sayCopied(context, options, answer, from);
  });
};
