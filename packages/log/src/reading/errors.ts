import { OmnigraphError, quoted } from "@omnigraph/base";
import type { LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";

export function commitNotFound(uri: string, id: string): OmnigraphError {
  return new OmnigraphError("commit_not_found", `the graph at ${uri} has no commit ${quoted(id)}`, {
    details: { commit: id },
  });
}

/** `deleted` is the id of the log that was found sealed. */
export function branchNotFound(uri: string, name: string, deleted?: LogId): OmnigraphError {
  const text = quoted(name);
  return deleted === undefined
    ? new OmnigraphError("branch_not_found", `the graph at ${uri} has no branch ${text}`, {
        details: { branch: name },
      })
    : new OmnigraphError(
        "branch_not_found",
        `branch ${text} of the graph at ${uri} was deleted; nothing was written to it`,
        { details: { branch: name, incarnation: deleted } },
      );
}

/** The data that a call needs of a commit was reclaimed by cleanup, or may be at any moment. */
export function historyReclaimed({ header, branch }: CommitRecord): OmnigraphError {
  return new OmnigraphError(
    "history_reclaimed",
    `what commit ${header.id} of branch ${branch} had or changed was given up by cleanup; name a newer commit, or the head of a branch`,
    { details: { commit: header.id, branch } },
  );
}
