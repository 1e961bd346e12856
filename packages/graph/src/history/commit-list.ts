import type { CommitRecord, GraphLog } from "@omnigraph/log";
import type { CommitPage, CommitSummary } from "@omnigraph/wire";
import type { CommitPageOptions } from "../api/graph.ts";
import { pageLimit } from "./page-limit.ts";
import { summaryOf } from "./summary.ts";
import { openToken, sealToken } from "./tokens.ts";

/** A page of the commits of a branch, the newest first. The token contains the first commit of the next page. */
export async function commitPage(
  log: GraphLog,
  { branch = "main", limit: asked, pageToken }: CommitPageOptions,
  signal?: AbortSignal,
): Promise<CommitPage> {
  const limit = pageLimit("commits", asked);
  const facts = { k: "commits", g: log.id };
  const first =
    pageToken === undefined ? await log.head(branch, signal) : await begun(pageToken, facts, log, signal);
  const commits: CommitSummary[] = [];
  for await (const commit of log.history(first, signal)) {
    if (commits.length === limit)
      return { commits, nextPageToken: sealToken({ ...facts, a: commit.header.id }) };
    commits.push(summaryOf(commit));
  }
  return { commits, nextPageToken: null };
}

async function begun(
  token: string,
  facts: { readonly k: string; readonly g: string },
  log: GraphLog,
  signal: AbortSignal | undefined,
): Promise<CommitRecord> {
  const given = openToken(token, "page token");
  given.expect("k", facts.k, "it is not of a list of commits");
  given.expect("g", facts.g, "it is of another graph");
  return log.commit(given.text("a"), signal);
}
