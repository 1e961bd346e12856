import type { OmnigraphError } from "@omnigraph/base";
import type { BranchCreated, BranchSummary } from "../answers/branches.ts";
import type { ChangeBlock, CommitChangesPage, FeedPage } from "../answers/changes.ts";
import type { QueryAnswer, SnapshotAnswer } from "../answers/reads.ts";
import type {
  BranchCreatedJson,
  BranchListJson,
  ChangeBlockJson,
  CommitChangesJson,
  FeedJson,
  QueryJson,
  SnapshotJson,
} from "../shapes.generated.ts";
import { branchCreatedJson, branchListJson } from "./branches.ts";
import { blockJson, commitChangesJson, feedJson } from "./changes.ts";
import { commitJson } from "./commits.ts";
import { queryJson, snapshotJson, type Written } from "./reads.ts";

// Whole answers have all that the library's have, so that a client makes the same of them.

/** What a caller accepts that is to have whole answers, and their type. */
export const WHOLE = "application/vnd.omnigraph+json";

export function wholeQueryJson(answer: QueryAnswer): Written<QueryJson> {
  return { ...queryJson(answer), ...(answer.sums.length === 0 ? {} : { sums: answer.sums }) };
}

/** `format` is the version of the format on disk. */
export function wholeSnapshotJson(answer: SnapshotAnswer, format: number): SnapshotJson {
  return { ...snapshotJson(answer, format), commit: commitJson(answer.commit) };
}

export function wholeBranchListJson(branches: readonly BranchSummary[]): BranchListJson {
  const heads = branches
    .filter(({ problem }) => problem === undefined)
    .map(({ name, head, forkedFrom }) => ({
      branch: name,
      graph_commit_id: head,
      forked_from_commit_id: forkedFrom,
    }));
  return { ...branchListJson(branches), heads };
}

/** As `branchCreatedJson`. */
export function wholeBranchCreatedJson(answer: BranchCreated, uri: string, from: string): BranchCreatedJson {
  return { ...branchCreatedJson(answer, uri, from), graph_commit_id: answer.head };
}

export function wholeCommitChangesJson(page: CommitChangesPage): CommitChangesJson {
  return timed(commitChangesJson(page), page);
}

export function wholeFeedJson(page: FeedPage): FeedJson {
  return { ...feedJson(page), blocks: page.blocks.map((block) => timed(blockJson(block), block)) };
}

/** Details that lead to where a graph is kept, which who calls a server is never told. */
const PLACES: ReadonlySet<string> = new Set(["uri", "root", "path", "place", "key"]);

/** A failure with its facts, unless these are nobody's business; `message` in place of its own. */
export function wholeErrorJson({ details, entry, reason }: OmnigraphError, message: string): object {
  const isPrivate = entry.http >= 500 || entry.code === "forbidden";
  const facts = Object.entries(isPrivate ? {} : details).filter(([name]) => !PLACES.has(name));
  return { error: message, code: entry.code, reason, ...Object.fromEntries(facts) };
}

function timed<Json extends ChangeBlockJson>(json: Json, { cause }: ChangeBlock): Json {
  return { ...json, cause: { ...json.cause, created_at: cause.createdAt } };
}
