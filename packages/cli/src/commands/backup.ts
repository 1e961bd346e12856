import { isError } from "@omnigraph/base";
import { storeOf } from "../place.ts";
import { copyOptions, type CopyingOptions, sayCopied, withCopying } from "../copying.ts";
import type { Define } from "../define.ts";
import { withJson } from "../options.ts";

interface Options extends CopyingOptions {
  readonly to: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Copies a graph to another address while it is used. Again into the same place, it copies what is new; interrupted, it goes on where it was.",
    )
    .argument("[uri]", "address of the graph")
    .requiredOption("--to <uri>", "address of the copy: a folder, s3://bucket/prefix or memory://name")
    .option("--store <uri>", "address of the graph")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph backup ./my.omni --to ./backup.omni\n  omnigraph backup ./my.omni --to s3://backups/my.omni --branch main --verify",
    );
  withJson(withCopying(command)).action(async (uri: string | undefined, options: Options) => {
    const store = await storeOf(context, options, uri);
    const { Omnigraph } = await import("omnigraph");
    // For writing where that is allowed: then the copy is kept from cleanup by a pin.
    const open = (readOnly: boolean) => Omnigraph.open(store, { readOnly, maintenance: "off" });
    await using graph = await open(false).catch((thrown: unknown) => {
      if (!isError(thrown, "store_denied")) throw thrown;
      return open(true);
    });
    const answer = await graph.maintenance.backup(options.to, copyOptions(context, options));
    return sayCopied(context, options, answer, store);
  });
};
