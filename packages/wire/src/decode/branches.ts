import type { BranchCreated, BranchDeleted, BranchProblem, BranchSummary } from "../answers/branches.ts";
import { reasonOf } from "./errors.ts";
import type { Members } from "./members.ts";

/** Every branch by name, also those that cannot be read. */
export function branchListOf(json: Members): readonly BranchSummary[] {
  const whole = json.objects("heads").map((head) => ({
    name: head.text("branch"),
    head: head.text("graph_commit_id"),
    forkedFrom: head.textOrNull("forked_from_commit_id"),
  }));
  const damaged = json.objects("problems").map((found) => ({
    name: found.text("branch"),
    head: "",
    forkedFrom: null,
    problem: problemOf(found),
  }));
  return [...whole, ...damaged].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function branchCreatedOf(json: Members): BranchCreated {
  const head = json.text("graph_commit_id");
  return { name: json.text("name"), head, forkedFrom: head, actor: json.textOrNull("actor_id") };
}

export function branchDeletedOf(json: Members): BranchDeleted {
  return { name: json.text("name"), actor: json.textOrNull("actor_id") };
}

function problemOf(json: Members): BranchProblem {
  return {
    reason: reasonOf(json) ?? "server_failed",
    message: json.text("error"),
    details: json.others("branch", "reason", "error", "code"),
  };
}
