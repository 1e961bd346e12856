import type { Environment } from "@omnigraph/base";
import { type BranchLog, GraphLog, MAIN_LOG_ID, type LogId } from "@omnigraph/log";
import type { ObjectStore } from "@omnigraph/storage";
import { type BranchAnswer, type BranchCall, type BranchHistory, opOf } from "./branch-history.ts";
import { Replay, type Replayed } from "./branch-replay.ts";
import { fingerprint } from "./graph-model.ts";
import { stateAt } from "./reading.ts";
import type { SimulatedObjects } from "../support/simulation/objects.ts";

/** What a client may be told when nothing was written. */
const REFUSALS: ReadonlySet<string> = new Set([
  "branch_not_found",
  "branch_exists",
  "too_contended",
  "store_transient",
]);

type Done = Extract<BranchAnswer, { kind: "done" }>;

/** What all calls of a run are checked against. */
interface Facts {
  readonly replay: Replay;
  readonly named: ReadonlyMap<string, BranchLog>;
  readonly history: BranchHistory;
  /** Ops that may be there though a call was told that nothing was written: another call of the op had another answer, or none. */
  readonly excused: ReadonlySet<string | null>;
}

/** Whether what is in the store explains everything that anyone was told. Answers what is wrong, or null. */
export async function checkBranches(
  world: SimulatedObjects,
  store: ObjectStore,
  environment: Environment,
  history: BranchHistory,
): Promise<string | null> {
  const log = await GraphLog.open(store, environment, { readOnly: true });
  const replay = new Replay();
  const torn = await replay.run(world, log, history);
  if (torn !== null) return torn;
  for (const [id, { commit, state }] of replay.byId) {
    const found = fingerprint(await stateAt(log, store, commit));
    if (found !== fingerprint(state)) return `the pieces at ${id} give ${found}, not ${fingerprint(state)}`;
  }
  const named = new Map<string, BranchLog>();
  for (const { name, logId } of await log.listBranches()) {
    const branch = await log.branch(name);
    if (branch.logId !== logId)
      return `branch ${name} is listed with log ${logId}, and opened with ${branch.logId}`;
    named.set(name, branch);
  }
  const uncertain = history.calls.filter(({ answer }) => answer?.kind === "done" || isOpen(answer));
  const excused = new Set(uncertain.map(({ action }) => opOf(action)));
  for (const [op, logIds] of replay.loads) {
    const found = logIds.filter((logId) => replay.sealed.has(logId) || isNamed(logId, named));
    if (found.length > 1) return `load ${op} is in ${found.length} branches`;
  }
  for (const call of history.calls) {
    const wrong = checkCall(call, { replay, named, history, excused });
    if (wrong !== null) return `${JSON.stringify({ ...call.action, answer: call.answer })}: ${wrong}`;
  }
  return null;
}

function isNamed(logId: LogId, named: ReadonlyMap<string, BranchLog>): boolean {
  return [...named.values()].some((branch) => branch.logId === logId);
}

function isOpen(answer: BranchAnswer | null): boolean {
  return answer === null || answer.kind === "unknown";
}

function checkCall(call: BranchCall, facts: Facts): string | null {
  const { answer, action } = call;
  switch (answer?.kind) {
    case undefined:
    case "unknown":
      return null;
    case "nothing":
      return action.kind !== "load" && isThere(call, facts)
        ? "it did nothing, and is there"
        : checkEvaluated(call, facts, false);
    case "refused":
      // A load whose name was taken leaves its commit in a log without a name.
      if (action.kind !== "load" && isThere(call, facts)) return "it was refused, and is there";
      return checkRefused(call, answer.reason, facts);
    case "done":
      return checkDone(call, answer, facts);
  }
}

function isThere({ action }: BranchCall, { replay, excused }: Facts): boolean {
  const op = opOf(action);
  return op !== null && replay.byOp.has(op) && !excused.has(op);
}

function checkRefused(call: BranchCall, reason: string, facts: Facts): string | null {
  const { kind } = call.action;
  if (reason === "merge_conflict" && (kind === "merge" || kind === "revert"))
    return checkEvaluated(call, facts, true);
  if (reason === "precondition_failed" && call.action.kind === "delete" && call.action.merged !== null)
    return null;
  // A load goes into the branch that won the name, and makes one anew where it is deleted.
  if (kind === "load" && (reason === "branch_exists" || reason === "branch_not_found"))
    return `a load is told ${reason}`;
  if (!REFUSALS.has(reason)) return `nobody should be told ${reason}`;
  return reason === "branch_not_found" ? checkMissing(call, facts.history) : null;
}

/** Whether a merge or revert that made no commit had none to make, on a head that was new enough. */
function checkEvaluated(call: BranchCall, { replay, history }: Facts, conflict: boolean): string | null {
  const { action, evaluated } = call;
  const last = evaluated.at(-1);
  if (last === undefined || (action.kind !== "merge" && action.kind !== "revert")) return null;
  const ours = replay.find(last.ours);
  const theirs = last.theirs === null ? undefined : replay.find(last.theirs);
  const isLost = ours === undefined || (last.theirs !== null && theirs === undefined);
  // Both were seen before they were acknowledged.
  if (isLost) return history.poweredAt > call.begun ? null : "what it was evaluated on is not there";
  const slot = ours.commit.address.logId === last.logId ? ours.commit.address.slot : -1;
  const least = acknowledgedBefore(call, last.logId, replay, history);
  if (slot < least) return `it was evaluated on slot ${slot}, slot ${least} was acknowledged`;
  if (action.kind === "merge" && theirs !== undefined) {
    const isAncestor = ours.ancestry.has(theirs.commit.header.id);
    if (!conflict) return isAncestor ? null : "the target does not have what it merges";
    return isAncestor || replay.merge(ours, theirs, action.side).conflicts.length === 0
      ? "there is no conflict"
      : null;
  }
  if (action.kind !== "revert") return null;
  const reverted = replay.revert(ours, action.commit, action.side);
  if (reverted === null) return null; // the branch that has the name now was never at that commit
  const changes = fingerprint(reverted.state) !== fingerprint(ours.state);
  if (conflict) return reverted.conflicts.length === 0 ? "there is no conflict" : null;
  return changes ? "it changes something there" : null;
}

function checkDone(call: BranchCall, answer: Done, facts: Facts): string | null {
  const { action, begun, ended } = call;
  const { logId, commit } = answer;
  const { replay, named, history } = facts;
  const record = commit === null ? undefined : replay.find(commit);
  // A reader may see a commit, or the record of a branch, that was not acknowledged, and power loss take it.
  const mayBeLost = action.kind === "read" && history.poweredAt > ended;
  if (commit !== null && record === undefined) return mayBeLost ? null : "its commit is not there";
  const op = opOf(action);
  if (action.kind === "delete")
    return replay.byOp.get(op ?? "")?.header.kind === "seal" ? null : "there is no seal of it";
  if (record !== undefined) {
    const wrong = checkCommit(call, answer, record, facts);
    if (wrong !== null) return wrong;
  }
  if (
    logId !== MAIN_LOG_ID &&
    !mayBeLost &&
    !replay.sealed.has(logId) &&
    named.get(action.name)?.logId !== logId
  )
    return `its log ${logId} is not sealed, and the name is not its own`;
  const wasDeleted = history.calls.some(
    (other) =>
      other.action.kind === "delete" &&
      other.ended < begun &&
      replay.byOp.get(other.action.op)?.address.logId === logId,
  );
  return wasDeleted ? "the branch was deleted before" : null;
}

/** Whether the commit that a call made or saw is its own, and stands after all that was acknowledged before. */
function checkCommit(
  call: BranchCall,
  { logId, seen, repeated }: Done,
  { commit, state }: Replayed,
  { replay, history }: Facts,
): string | null {
  const { header, address } = commit;
  const op = opOf(call.action);
  if (op !== null && header.op !== op) return "another write is in its place";
  if (seen !== null && fingerprint(state) !== seen) return `it was seen as ${seen}`;
  if (repeated) return null;
  const slot = address.logId === logId ? address.slot : -1;
  const acknowledged = acknowledgedBefore(call, logId, replay, history);
  const least = call.action.kind === "read" ? acknowledged : acknowledged + 1;
  return slot < least ? `it is in slot ${slot}, slot ${acknowledged} was acknowledged before` : null;
}

/** The newest slot of a log that anyone was told of before a call; -1: none. */
function acknowledgedBefore(
  { begun }: BranchCall,
  logId: LogId,
  replay: Replay,
  { calls }: BranchHistory,
): number {
  let newest = -1;
  for (const { answer, ended } of calls) {
    if (ended > begun || answer?.kind !== "done" || answer.logId !== logId || answer.commit === null)
      continue;
    const address = replay.find(answer.commit)?.commit.address;
    if (address?.logId === logId) newest = Math.max(newest, address.slot);
  }
  return newest;
}

/** Who is told that there is no branch must not have been told before that it is there, unless somebody meant to delete it. */
function checkMissing({ action, begun, ended }: BranchCall, { calls }: BranchHistory): string | null {
  if (action.kind === "create") return null; // the branch that it was to be made of may be missing
  const { name } = action;
  const needed = action.kind === "merge" ? [name, action.source] : [name];
  return needed.every((each) => mustBeThere(each, begun, ended, calls))
    ? "it was made before, and nobody deleted it"
    : null;
}

function mustBeThere(name: string, begun: number, ended: number, calls: readonly BranchCall[]): boolean {
  if (name === "main") return true;
  const made = calls.findLast(
    ({ action, answer, ended: madeAt }) =>
      (action.kind === "create" || action.kind === "load") &&
      action.name === name &&
      answer?.kind === "done" &&
      madeAt < begun,
  );
  if (made === undefined) return false;
  return !calls.some(
    ({ action, answer, begun: from, ended: to }) =>
      action.kind === "delete" &&
      action.name === name &&
      answer?.kind !== "refused" &&
      from < ended &&
      to > made.begun,
  );
}
