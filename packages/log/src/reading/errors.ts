import { OmnigraphError, quoted } from "@omnigraph/base";
import type { LogId } from "../address.ts";

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
