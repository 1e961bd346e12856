import { given } from "@omnigraph/base";
import type { GraphCalls } from "@omnigraph/client";
import { formatInstant } from "@omnigraph/language";
import { commitJson, commitListJson } from "@omnigraph/wire";
import type { CommitPage, CommitSummary } from "omnigraph";
import type { Define } from "../define.ts";
import { define as defineChanges } from "./commit-changes.ts";
import { define as defineRevert } from "./revert.ts";
import { type GlobalOptions, say } from "../context.ts";
import { openAt, placeOf } from "../place.ts";
import { COMMIT, wholeNumber, withAddress, withJson, withServer, withTarget } from "../options.ts";
import { joined, type Shown, shown } from "../output/shown.ts";
import { type Column, table } from "../output/table.ts";

interface ListOptions extends GlobalOptions {
  readonly branch: string;
  readonly limit?: number;
  readonly pageToken?: string;
}

const HEAD: readonly Column[] = [
  { name: "commit", whole: true },
  { name: "depth", align: "right" },
  "created",
  "actor",
  "kind",
  "message",
];

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
    .option("--limit <n>", "at most so many", wholeNumber("--limit"))
    .option("--page-token <token>", "go on where an earlier list of --limit ended")
    .addHelpText("after", "\nExample:\n  omnigraph commit list --limit 10 ./my.omni");
  withJson(withServer(withTarget(command))).action(async (uri: string | undefined, options: ListOptions) => {
    await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
    const page = await listed(open.graph, options, context.signal);
    const { commits, nextPageToken } = page;
    const rows = commits.map((c) => [
      c.id,
      String(c.depth),
      formatInstant(c.createdAt),
      c.actor ?? "",
      c.kind,
      c.message ?? "",
    ]);
    const text = table(HEAD, rows, context.terminal);
    const next = nextPageToken === null ? "" : shown`more: --page-token ${nextPageToken}\n`;
    return say(context, options, commitListJson(page), shown`${text}${next}`);
  });
};

/** All commits, or one page of them if a limit or a page token is given. */
async function listed(graph: GraphCalls, options: ListOptions, signal: AbortSignal): Promise<CommitPage> {
  const { branch, limit, pageToken } = options;
  if (limit === undefined && pageToken === undefined)
    return { commits: await graph.commits.list({ branch, signal }), nextPageToken: null };
  return graph.commits.page({ ...given({ limit, pageToken }), branch, signal });
}

const defineShow: Define = (command, context) => {
  command
    .summary("one commit")
    .argument("<commit>", COMMIT)
    .addHelpText(
      "after",
      "\nExamples:\n  omnigraph commit show main ./my.omni\n  omnigraph commit show 01M84CRWS9 ./my.omni",
    );
  withJson(withServer(withAddress(command))).action(
    async (id: string, uri: string | undefined, options: GlobalOptions) => {
      await using open = await openAt(context, await placeOf(context, options, uri), { readOnly: true });
      const commit = await open.graph.commits.show(id);
      return say(context, options, commitJson(commit), describe(commit));
    },
  );
};

function describe(commit: CommitSummary): Shown {
  const named = [
    shown`commit  ${commit.id}\n`,
    shown`branch  ${commit.branch}\n`,
    shown`kind    ${commit.kind}${commit.recovered === true ? ", published by another process" : ""}\n`,
    shown`depth   ${commit.depth}\n`,
    shown`parent  ${commit.parent ?? "none"}\n`,
    ...(commit.mergedParent === null ? [] : [shown`merged  ${commit.mergedParent}\n`]),
    shown`actor   ${commit.actor ?? "none"}\n`,
    shown`created ${formatInstant(commit.createdAt)}\n`,
  ];
  const message = commit.message?.split("\n").map((line) => shown`    ${line}\n`) ?? [];
  return joined([...named, ...(message.length === 0 ? [] : [shown`\n`]), ...message]);
}
