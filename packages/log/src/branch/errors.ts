import { OmnigraphError, quoted } from "@omnigraph/base";
import type { LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";

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

export function branchExists(uri: string, name: string): OmnigraphError {
  return new OmnigraphError(
    "branch_exists",
    `the graph at ${uri} has a branch ${quoted(name)} already; choose another name, or delete the branch first`,
    { details: { branch: name } },
  );
}

export function branchReplaced(name: string): OmnigraphError {
  return new OmnigraphError(
    "precondition_failed",
    `${quoted(name)} may be the name of another branch by now; look at it, and delete it if it is not needed`,
    { details: { branch: name } },
  );
}

export function branchProtected(name: string): OmnigraphError {
  return new OmnigraphError(
    "branch_protected",
    `branch ${quoted(name)} cannot be deleted; name another branch`,
    { details: { branch: name } },
  );
}

export function branchNameInvalid(name: string, problem: string): OmnigraphError {
  return new OmnigraphError(
    "branch_name_invalid",
    `${quoted(name)} is no name for a branch: ${problem}; use letters, digits and . _ / -, at most 200 bytes, no part empty, . or ..`,
    { details: { branch: name } },
  );
}

export function commitSealed({ header, branch }: CommitRecord): OmnigraphError {
  const parent = header.parents[0] ?? null;
  return new OmnigraphError(
    "commit_sealed",
    `commit ${header.id} is the end of branch ${branch}, which was deleted; nothing can be made at it: name the commit before it, ${parent}`,
    { details: { commit: header.id, parent } },
  );
}
