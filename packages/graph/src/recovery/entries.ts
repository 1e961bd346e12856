import type { Decision, FoundIntent, OpenIntent, Settled } from "@omnigraph/log";
import type { InterruptedWrite, RecoveryEntry, RecoveryOutcome } from "@omnigraph/wire";

export function idOf(found: FoundIntent): string {
  return found.kind === "unreadable" ? found.id : found.staging;
}

/** An entry of a listing. */
export function entryOf(found: FoundIntent, isOrphaned: boolean): RecoveryEntry {
  return {
    id: idOf(found),
    state: found.kind === "open" ? "write" : found.kind,
    write: found.kind === "open" ? writeOf(found, isOrphaned) : null,
    objects: found.objects.map(({ key }) => key),
    bytes: found.objects.reduce((sum, { size }) => sum + size, 0),
    problem: problemOf(found),
  };
}

/** The answer about what was settled without a question. */
export function outcomeOf({ open, outcome }: Settled): RecoveryOutcome {
  const write = writeOf(open, true);
  if (outcome.kind !== "failed") return decided(open.staging, write, outcome);
  return { id: open.staging, write, outcome: "failed", commit: null, problem: outcome.error.message };
}

/** The answer about one write. Null: there was nothing to decide, and its objects are gone. */
export function decided(
  id: string,
  write: InterruptedWrite | null,
  decision: Decision | null,
): RecoveryOutcome {
  const isThere = decision?.kind === "published" || decision?.kind === "discarded";
  const commit = isThere ? decision.commit.header.id : null;
  return { id, write, outcome: nameOf(decision), commit, problem: null };
}

function nameOf(decision: Decision | null): RecoveryOutcome["outcome"] {
  switch (decision?.kind) {
    case undefined:
      return "removed";
    case "published":
      return "published";
    case "discarded":
    case "nameless":
      return "given_up";
    case "sealed":
      return "branch_deleted";
  }
}

function writeOf({ intent, staged }: OpenIntent, isOrphaned: boolean): InterruptedWrite {
  const { op, kind, branch, base, actor, message, authoredAt, makes, owner } = intent;
  return {
    op,
    kind,
    branch,
    makesBranch: makes !== null,
    base,
    actor,
    message,
    authoredAt,
    isComplete: staged !== null,
    owner: owner === null ? null : { host: owner.host, pid: owner.pid },
    isOrphaned,
  };
}

function problemOf(found: FoundIntent): string | null {
  if (found.kind !== "unreadable") return null;
  return found.problem?.message ?? "it is nothing that omnigraph puts there";
}
