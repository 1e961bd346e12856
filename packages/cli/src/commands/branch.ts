import { given } from "@omnigraph/base";
import { branchCreatedJson, branchDeletedJson, branchListJson } from "@omnigraph/wire";
import type { Define } from "../define.ts";
import { confirmed } from "../confirm.ts";
import { authorOf, echoTarget, type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import { withAddress, withJson, withServer } from "../options.ts";
import { shown } from "../output/shown.ts";
import { type Column, table } from "../output/table.ts";
import { define as defineDiff } from "./branch-diff.ts";
import { define as defineMerge } from "./branch-merge.ts";

interface CreateOptions extends GlobalOptions {
  readonly from: string;
}

interface DeleteOptions extends GlobalOptions {
  readonly message?: string;
  readonly yes?: boolean;
}

const HEAD: readonly Column[] = [
  { name: "branch", whole: true },
  { name: "head", whole: true },
  { name: "made at", whole: true },
];

export const define: Define = (command, context) => {
  command
    .description(
      "Branches: lines of commits of their own. Making one costs one small object, whatever the graph holds.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch create draft ./my.omni\n  omnigraph branch list ./my.omni\n" +
        "  omnigraph branch diff main draft ./my.omni\n  omnigraph branch merge draft ./my.omni\n" +
        "  omnigraph branch delete draft ./my.omni",
    );
  defineCreate(command.command("create"), context);
  defineList(command.command("list"), context);
  defineDelete(command.command("delete"), context);
  defineDiff(command.command("diff"), context);
  defineMerge(command.command("merge"), context);
};

const defineCreate: Define = (command, context) => {
  command
    .summary("make a branch")
    .argument("<name>", "letters, digits and . _ / -, and not of the form of a commit id")
    .option(
      "--from <source>",
      "what it begins at: a branch, or a commit by its id, the first digits of it, or main~2",
      "main",
    )
    .option("--as <actor>", "who makes it")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch create review/2026-07 ./my.omni\n" +
        "  omnigraph branch create draft --from main~2 ./my.omni",
    );
  withGraph(command).action(async (name: string, address: string | undefined, options: CreateOptions) => {
    const place = await placeOf(context, options, address);
    const actor = await authorOf(context, options, place);
    await using open = await openAt(context, place);
    await echoTarget(context, options, place.uri, name);
    const { from } = options;
    const made = await open.graph.branches.create(name, {
      ...given({ actor }),
      from,
      signal: context.signal,
    });
    const text = shown`created ${name} from ${from}, at commit ${made.head}\n`;
    return say(context, options, branchCreatedJson(made, place.uri, from), text);
  });
};

const defineList: Define = (command, context) => {
  command
    .summary("every branch, by name")
    .addHelpText("after", "\nExample:\n  omnigraph branch list ./my.omni");
  withGraph(command).action(async (address: string | undefined, options: GlobalOptions) => {
    await using open = await openAt(context, await placeOf(context, options, address), { readOnly: true });
    const listed = await open.graph.branches.list({ signal: context.signal });
    const branches = listed.filter(({ problem }) => problem === undefined);
    const json = branchListJson(listed);
    const rows = branches.map(({ name, head, forkedFrom }) => [name, head, forkedFrom ?? ""]);
    const text = table(HEAD, rows, context.terminal);
    if (options.json !== true)
      for (const { branch, error } of json.problems ?? [])
        await context.terminal.err.say(shown`branch ${branch} cannot be read: ${error}\n`);
    return say(context, options, json, text);
  });
};

const defineDelete: Define = (command, context) => {
  command
    .summary("delete a branch; main stays")
    .argument("<name>", "the branch")
    .option("--as <actor>", "who deletes it")
    .option("--message <text>", "why")
    .option("--yes", "no question where the graph is on a store that others share")
    .addHelpText("after", "\nExample:\n  omnigraph branch delete draft ./my.omni");
  withGraph(command).action(async (name: string, address: string | undefined, options: DeleteOptions) => {
    const place = await placeOf(context, options, address);
    const actor = await authorOf(context, options, place);
    await confirmed(context, options, place.uri, `Delete branch ${name} of ${place.uri}?`);
    await using open = await openAt(context, place);
    await echoTarget(context, options, place.uri, name);
    const { message } = options;
    const asked = { ...given({ actor, message }), signal: context.signal };
    const deleted = await open.graph.branches.delete(name, asked);
    return say(context, options, branchDeletedJson(deleted, place.uri), shown`deleted ${name}\n`);
  });
};

function withGraph(command: Parameters<Define>[0]): Parameters<Define>[0] {
  return withServer(withAddress(withJson(command))).option("--quiet", "no echo of the target");
}
