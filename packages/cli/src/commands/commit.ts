import type { CommitSummary, Omnigraph } from "omnigraph";
import type { Define } from "../define.ts";
import { define as defineChanges } from "./commit-changes.ts";
import { define as defineRevert } from "./revert.ts";
import { type GlobalOptions, say, storeOf } from "../context.ts";
import { given, wholeNumber, withJson } from "../options.ts";
import { table } from "../output/table.ts";
import { commitJson } from "../output/wire.ts";

interface ListOptions extends GlobalOptions {
  readonly branch: string;
  readonly limit?: number;
  readonly pageToken?: string;
}

interface ShowOptions extends GlobalOptions {
  readonly uri?: string;
}

export const define: Define = (command, context) => {
  command
    .description("Commits: immutable, each with an author and a time.")
    .addHelpText("after", "\nExample:\n  omnigraph commit list ./my.omni");
  defineList(command.command("list"), context);
  defineShow(command.command("show"), context);
  defineChanges(command.command("changes"), context);
  defineRevert(command.command("revert"), context);
};

const defineList: Define = (command, context) => {
  command
    .summary("commits of a branch, the newest first")
    .argument("[uri]", "address of the graph")
    .option("--store <uri>", "address of the graph")
    .option("--branch <name>", "branch", "main")
    .option("--limit <n>", "at most so many", wholeNumber("--limit"))
    .option("--page-token <token>", "go on where an earlier list of --limit ended")
    .addHelpText("after", "\nExample:\n  omnigraph commit list --limit 10 ./my.omni");
  withJson(command).action(async (uri: string | undefined, options: ListOptions) => {
    const { Omnigraph: Graph } = await import("omnigraph");
    await using graph = await Graph.open(storeOf(options, uri), { readOnly: true });
    const { commits, nextPageToken } = await listed(graph, options, context.signal);
    const more = nextPageToken === null ? {} : { next_page_token: nextPageToken };
    const rows = commits.map((c) => [c.id, String(c.depth), time(c), c.actor ?? "", c.kind, c.message ?? ""]);
    const text = table(["commit", "depth", "created", "actor", "kind", "message"], rows, context.terminal);
    const next = nextPageToken === null ? "" : `more: --page-token ${nextPageToken}\n`;
    return say(context, options, { commits: commits.map(commitJson), ...more }, text + next);
  });
};

/** All commits, or a page of them where a limit or a page is asked for. */
async function listed(
  graph: Omnigraph,
  options: ListOptions,
  signal: AbortSignal,
): Promise<{ readonly commits: readonly CommitSummary[]; readonly nextPageToken: string | null }> {
  const { branch, limit, pageToken } = options;
  if (limit === undefined && pageToken === undefined)
    return { commits: await graph.commits.list({ branch, signal }), nextPageToken: null };
  return graph.commits.page({ ...given({ limit, pageToken }), branch, signal });
}

const defineShow: Define = (command, context) => {
  command
    .summary("one commit")
    .argument("<commit>", "commit id")
    .option("--uri <uri>", "address of the graph")
    .option("--store <uri>", "address of the graph")
    .addHelpText("after", "\nExample:\n  omnigraph commit show --store ./my.omni 01M84CRWS90000000000000010");
  withJson(command).action(async (id: string, options: ShowOptions) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(storeOf(options, options.uri), { readOnly: true });
    const commit = await graph.commits.show(id);
    return say(context, options, commitJson(commit), describe(commit));
  });
};

function describe(commit: CommitSummary): string {
  const lines = [
    `commit  ${commit.id}`,
    `branch  ${commit.branch}`,
    `kind    ${commit.kind}`,
    `depth   ${commit.depth}`,
    `parent  ${commit.parent ?? "none"}`,
    ...(commit.mergedParent === null ? [] : [`merged  ${commit.mergedParent}`]),
    `actor   ${commit.actor ?? "none"}`,
    `created ${time(commit)}`,
    ...(commit.message === null ? [] : ["", `    ${commit.message}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function time(commit: CommitSummary): string {
  return new Date(commit.createdAt / 1000).toISOString();
}
