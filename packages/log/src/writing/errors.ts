import { OmnigraphError, clipped } from "@omnigraph/base";
import type { CommitAddress, LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";

export function preconditionFailed(branch: string, expected: string, actual: CommitRecord): OmnigraphError {
  const { id } = actual.header;
  return new OmnigraphError(
    "precondition_failed",
    `branch ${branch} is at commit ${id}, not at ${clipped(expected)}; nothing was written: read again and decide again`,
    { details: { precondition_failure: { expected, actual: id } } },
  );
}

export function readSetConflict(branch: string, base: CommitRecord, theirs: CommitRecord): OmnigraphError {
  const expected = base.header.id;
  const actual = theirs.header.id;
  return new OmnigraphError(
    "read_set_conflict",
    `commit ${actual} of branch ${branch} changed what this write had read at ${expected}; nothing was written: repeat the write`,
    { details: { read_set_conflict: { member: "graph_head", expected, actual } } },
  );
}

export function outcomeUnknown(op: string, logId: LogId, slot: number, cause?: unknown): OmnigraphError {
  return new OmnigraphError(
    "outcome_unknown",
    `the store did not say whether write ${op} is in slot ${slot} of log ${logId}; repeat it under the same op: it is written at most once`,
    { details: { op, incarnation: logId, slot }, cause },
  );
}

export function tooContended(branch: string, attempts: number): OmnigraphError {
  return new OmnigraphError(
    "too_contended",
    `other writers of branch ${branch} came first ${attempts} times; nothing was written: repeat the write later`,
    { details: { attempts } },
  );
}

export function opReused(op: string, { logId, slot }: CommitAddress): OmnigraphError {
  return new OmnigraphError(
    "op_reused",
    `op ${op} names an earlier write with other content (log ${logId}, slot ${slot}); nothing was written: use a fresh op`,
    { details: { op, incarnation: logId, slot } },
  );
}

export function aborted(cause: unknown): OmnigraphError {
  return new OmnigraphError("aborted", "the write was taken back before its turn; nothing was written", {
    cause,
  });
}

export function writeDiscarded(op: string, branch: string, { header }: CommitRecord): OmnigraphError {
  return new OmnigraphError(
    "write_discarded",
    `another process took write ${op} for dead and gave it up by commit ${header.id} of branch ${branch}; nothing was written: repeat the write`,
    { details: { op, commit: header.id } },
  );
}
