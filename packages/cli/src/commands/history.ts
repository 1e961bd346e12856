import { given, OmnigraphError, writeJson } from "@omnigraph/base";
import { historyJson } from "@omnigraph/wire";
import type { EntityKind } from "omnigraph";
import type { GlobalOptions } from "../context.ts";
import { storeOf } from "../place.ts";
import type { Define } from "../define.ts";
import { wholeNumber, withJson, withTarget } from "../options.ts";
import { historyText } from "../output/changes.ts";
import { shown } from "../output/shown.ts";
import { showingValuesOf } from "../output/values.ts";

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
    .argument("[uri]", "address of the graph")
    .option("--limit <n>", "at most so many commits", wholeNumber("--limit"))
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph history node Person ann ./my.omni\n" +
        "  omnigraph history edge Knows 01M84CRWS90000000000000010 ./my.omni --json",
    );
  withJson(withTarget(command)).action(
    async (kind: EntityKind, type: string, id: string, uri: string | undefined, options: Options) => {
      const { Omnigraph } = await import("omnigraph");
      await using graph = await Omnigraph.open(await storeOf(context, options, uri), { readOnly: true });
      const asked = { ...given({ limit: options.limit }), branch: options.branch, signal: context.signal };
      const entries = await graph.history(kind, type, id, asked);
      const { out } = context.terminal;
      if (options.json === true) return out.data(`${writeJson(historyJson(entries), 2)}\n`);
      if (entries.length === 0)
        return out.say(shown`no commit of branch ${options.branch} touched ${type} ${id}\n`);
      const values = await showingValuesOf(graph, { branch: options.branch });
      return out.say(historyText(entries, values));
    },
  );
};

function kindOf(text: string): EntityKind {
  if (text === "node" || text === "edge") return text;
  throw new OmnigraphError("usage", `a history is of a node or an edge, not of ${text}`);
}
