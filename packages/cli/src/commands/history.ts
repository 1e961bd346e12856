import { OmnigraphError, writeJson } from "@omnigraph/base";
import type { EntityKind } from "omnigraph";
import { type GlobalOptions, storeOf } from "../context.ts";
import type { Define } from "../define.ts";
import { given, wholeNumber, withJson, withTarget } from "../options.ts";
import { historyJson, historyText } from "../output/changes.ts";
import { write } from "../terminal.ts";

interface Options extends GlobalOptions {
  readonly branch: string;
  readonly limit?: number;
}

export const define: Define = (command, context) => {
  command
    .description("The commits that touched one entity, the newest first, with what each made of it.")
    .argument("<kind>", "node or edge", kindOf)
    .argument("<type>", "name of its type")
    .argument("<id>", "its id")
    .option("--limit <n>", "at most so many commits", wholeNumber("--limit"))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph history --store ./my.omni node Person ann\n" +
        "  omnigraph history --store ./my.omni edge Knows 01M84CRWS90000000000000010 --json",
    );
  withJson(withTarget(command)).action(
    async (kind: EntityKind, type: string, id: string, options: Options) => {
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(storeOf(options), { readOnly: true });
      const asked = { ...given({ limit: options.limit }), branch: options.branch, signal: context.signal };
      const entries = await graph.history(kind, type, id, asked);
      if (options.json === true)
        return write(context.terminal.out, `${writeJson(historyJson(entries), 2)}\n`);
      const none = `no commit of branch ${options.branch} touched ${type} ${id}\n`;
      return write(context.terminal.out, entries.length === 0 ? none : historyText(entries));
    },
  );
};

function kindOf(text: string): EntityKind {
  if (text === "node" || text === "edge") return text;
  throw new OmnigraphError("usage", `a history is of a node or an edge, not of ${text}`);
}
