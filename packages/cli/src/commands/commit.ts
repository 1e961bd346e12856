import { writeJson } from "@omnigraph/base";
import type { CommitSummary } from "omnigraph";
import type { Define } from "../define.ts";
import { define as defineChanges } from "./commit-changes.ts";
import { type GlobalOptions, storeOf } from "../context.ts";
import { given, wholeNumber, withJson } from "../options.ts";
import { table } from "../output/table.ts";
import { commitJson } from "../output/wire.ts";
import { write } from "../terminal.ts";

interface ListOptions extends GlobalOptions {
  readonly branch: string;
  readonly limit?: number;
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
};

const defineList: Define = (command, context) => {
  command
    .summary("commits of a branch, the newest first")
    .argument("[uri]", "address of the graph")
    .option("--store <uri>", "address of the graph")
    .option("--branch <name>", "branch", "main")
    .option("--limit <n>", "at most so many", wholeNumber("--limit"))
    .addHelpText("after", "\nExample:\n  omnigraph commit list --limit 10 ./my.omni");
  withJson(command).action(async (uri: string | undefined, options: ListOptions) => {
    const { Omnigraph } = await import("omnigraph");
    await using graph = await Omnigraph.open(storeOf(options, uri), { readOnly: true });
    const commits = await graph.commits.list({
      ...given({ limit: options.limit }),
      branch: options.branch,
      signal: context.signal,
    });
    if (options.json === true)
      return write(context.terminal.out, `${writeJson({ commits: commits.map(commitJson) }, 2)}\n`);
    const rows = commits.map((c) => [c.id, String(c.depth), time(c), c.actor ?? "", c.kind, c.message ?? ""]);
    return write(
      context.terminal.out,
      table(["commit", "depth", "created", "actor", "kind", "message"], rows, context.terminal),
    );
  });
};

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
    if (options.json === true) return write(context.terminal.out, `${writeJson(commitJson(commit), 2)}\n`);
    return write(context.terminal.out, describe(commit));
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
