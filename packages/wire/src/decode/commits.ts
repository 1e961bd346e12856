import type { CommitPage, CommitSummary } from "../answers/commits.ts";
import { COMMIT_KINDS } from "../words.ts";
import type { Members } from "./members.ts";

export function commitOf(json: Members): CommitSummary {
  return {
    id: json.text("graph_commit_id"),
    branch: json.textOrNull("graph_branch") ?? "main",
    depth: json.count("depth"),
    parent: json.textOrNull("parent_commit_id"),
    mergedParent: json.textOrNull("merged_parent_commit_id"),
    actor: json.textOrNull("actor_id"),
    createdAt: json.count("created_at"),
    kind: json.oneOf("kind", COMMIT_KINDS),
    message: json.textOrNull("message"),
    ...(json.has("recovered") ? { recovered: true } : {}),
  };
}

export function commitOrNull(json: Members, name: string): CommitSummary | null {
  const found = json.objectOrNull(name);
  return found === null ? null : commitOf(found);
}

export function commitPageOf(json: Members): CommitPage {
  return {
    commits: json.objects("commits").map(commitOf),
    nextPageToken: json.textOrNull("next_page_token"),
  };
}
