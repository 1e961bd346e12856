import { OmnigraphError, quoted } from "@omnigraph/base";
import type { CommitRecord } from "../commit/header.ts";

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

/** The record of the branch is there, and the store did not say whether its fork point is still protected. */
export function forkUnknown(name: string, cause: unknown): OmnigraphError {
  return new OmnigraphError(
    "outcome_unknown",
    `branch ${quoted(name)} was made, but the store did not say whether cleanup has reclaimed what it was made from; list the branches, and make it again if it is not there`,
    { details: { branch: name }, cause },
  );
}

export function openedReadOnly(uri: string): OmnigraphError {
  return new OmnigraphError(
    "read_only",
    `the graph at ${uri} was opened for reading only; open it for writing`,
  );
}
