import { counted, given } from "@omnigraph/base";
import { loadJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { authorOf, echoTarget, type GlobalOptions, say } from "../context.ts";
import { storeOf } from "../place.ts";
import { withJson, withTarget, withWrite, wholeNumber } from "../options.ts";
import { shown } from "../output/shown.ts";

interface Options extends GlobalOptions {
  readonly type: string;
  readonly version?: number;
  readonly branch: string;
  readonly message?: string;
  readonly op?: string;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Brings in a Lance table that another program has written, by one commit: new entities of one type, all checks, all or nothing.",
    )
    .argument("<table>", "folder of the table, which ends in .lance, or s3://bucket/prefix/name.lance")
    .argument("[uri]", "address of the graph")
    .requiredOption("--type <name>", "type of its rows")
    .option("--version <number>", "version of the table; else the newest", wholeNumber("--version"))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph adopt --type Person ./people.lance ./my.omni\n" +
        "  omnigraph adopt --type Knows s3://jobs/knows.lance --store s3://graphs/my.omni",
    );
  withJson(withWrite(withTarget(command))).action(
    async (from: string, uri: string | undefined, options: Options) => {
      const store = await storeOf(context, options, uri);
      const actor = await authorOf(context, options);
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(store, { maintenance: "off" });
      await echoTarget(context, options, store, options.branch);
      const answer = await graph.tables.adopt(from, {
        ...given({ actor, message: options.message, op: options.op, version: options.version }),
        type: options.type,
        branch: options.branch,
        signal: context.signal,
      });
      const [loaded] = [...answer.nodes, ...answer.edges];
      const cut =
        answer.timesCut === 0
          ? shown``
          : shown`cut to the millisecond: ${counted(answer.timesCut, "time")}\n`;
      const text = shown`adopted ${loaded?.entities ?? 0} of ${options.type} into ${answer.branch}, commit ${answer.commit.id}\n${cut}`;
      await say(context, options, loadJson(answer, store), text);
    },
  );
};
