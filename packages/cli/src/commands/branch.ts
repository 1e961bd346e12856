import type { Define } from "../define.ts";
import { confirmed } from "../confirm.ts";
import { echoTarget, type GlobalOptions, say, storeOf } from "../context.ts";
import { given, withAddress, withJson } from "../options.ts";
import { table } from "../output/table.ts";
import { define as defineDiff } from "./branch-diff.ts";
import { define as defineMerge } from "./branch-merge.ts";

interface BranchOptions extends GlobalOptions {
  readonly uri?: string;
}

interface CreateOptions extends BranchOptions {
  readonly from: string;
}

interface DeleteOptions extends BranchOptions {
  readonly message?: string;
  readonly yes?: boolean;
}

export const define: Define = (command, context) => {
  command
    .description(
      "Branches: lines of commits of their own. Making one costs one small object, whatever the graph holds.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch create draft --uri ./my.omni\n  omnigraph branch list --uri ./my.omni\n" +
        "  omnigraph branch diff main draft --uri ./my.omni\n  omnigraph branch merge draft --uri ./my.omni\n" +
        "  omnigraph branch delete draft --uri ./my.omni",
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
    .argument("<name>", "letters, digits and . _ / -")
    .option("--from <source>", "the branch, or the commit, that it begins at", "main")
    .option("--as <actor>", "who makes it")
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph branch create review/2026-07 --uri ./my.omni\n" +
        "  omnigraph branch create draft --from 01KDA0EXAMPLE0000000000000 --uri ./my.omni",
    );
  withGraph(command).action(async (name: string, options: CreateOptions) => {
    const uri = graphOf(options);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri);
    await echoTarget(context, options, uri, name);
    const { head } = await graph.branches.create(name, {
      ...given({ actor: options.as }),
      from: options.from,
      signal: context.signal,
    });
    const answer = { uri, from: options.from, name, actor_id: options.as ?? null };
    return say(context, options, answer, `created ${name} from ${options.from}, at commit ${head}\n`);
  });
};

const defineList: Define = (command, context) => {
  command
    .summary("every branch, by name")
    .addHelpText("after", "\nExample:\n  omnigraph branch list --uri ./my.omni");
  withGraph(command).action(async (options: BranchOptions) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(graphOf(options), { readOnly: true });
    const branches = await graph.branches.list({ signal: context.signal });
    const rows = branches.map(({ name, head, forkedFrom }) => [name, head, forkedFrom ?? ""]);
    const text = table(["branch", "head", "made at"], rows, context.terminal);
    return say(context, options, { branches: branches.map(({ name }) => name) }, text);
  });
};

const defineDelete: Define = (command, context) => {
  command
    .summary("delete a branch; main stays")
    .argument("<name>", "the branch")
    .option("--as <actor>", "who deletes it")
    .option("--message <text>", "why")
    .option("--yes", "no question where the graph is on a store that others share")
    .addHelpText("after", "\nExample:\n  omnigraph branch delete draft --uri ./my.omni");
  withGraph(command).action(async (name: string, options: DeleteOptions) => {
    const uri = graphOf(options);
    await confirmed(context, options, uri, `Delete branch ${name} of ${uri}?`);
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(uri);
    await echoTarget(context, options, uri, name);
    await graph.branches.delete(name, {
      ...given({ actor: options.as, message: options.message }),
      signal: context.signal,
    });
    return say(context, options, { uri, name, actor_id: options.as ?? null }, `deleted ${name}\n`);
  });
};

function withGraph(command: Parameters<Define>[0]): Parameters<Define>[0] {
  return withAddress(withJson(command)).option("--quiet", "no echo of the target");
}

function graphOf(options: BranchOptions): string {
  return storeOf(options, options.uri);
}
