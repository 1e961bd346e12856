import type { CommitPage, CommitSummary } from "../answers/commits.ts";
import type { CommitJson, CommitListJson } from "../shapes.generated.ts";

export function commitJson(commit: CommitSummary): CommitJson {
  return {
    graph_commit_id: commit.id,
    graph_branch: commit.branch === "main" ? null : commit.branch,
    graph_manifest_version: commit.depth,
    parent_commit_id: commit.parent,
    merged_parent_commit_id: commit.mergedParent,
    actor_id: commit.actor,
    created_at: commit.createdAt,
    message: commit.message,
    kind: commit.kind,
    depth: commit.depth,
    ...(commit.recovered === true ? { recovered: true } : {}),
  };
}

export function commitListJson({ commits, nextPageToken }: CommitPage): CommitListJson {
  return {
    commits: commits.map(commitJson),
    ...(nextPageToken === null ? {} : { next_page_token: nextPageToken }),
  };
}
