import { isUlid, LIMITS } from "@omnigraph/base";
import { addressOf } from "@omnigraph/log";
import { sortedConflicts } from "../../support/models/history-calls.ts";
import type { Refusal } from "../../support/models/history-calls.ts";
import type { Action, Answer, Call } from "./calls.ts";
import type { Facts } from "./check.ts";
import type { Replay } from "./replay.ts";
import { headsOf, isThroughout, logsOf } from "./heads.ts";
import { namesOf, revertedBy, targetsOf } from "./named.ts";
import { checkFeedRefused } from "./told-feed.ts";
import { isGone } from "./told-gone.ts";
import { placesAt } from "./told-seen.ts";

type Refused = Extract<Answer, { readonly kind: "refused" }>;

/** What a client may be told at any time, when nothing was written. */
const ALWAYS: ReadonlySet<string> = new Set(["store_transient", "too_contended", "write_discarded"]);

/** Times are sums of fractions. */
const ROUNDING_MS = 1e-6;

/** What hangs on the graph, and must be so at a moment of the call. */
const OF_THE_GRAPH: ReadonlySet<string> = new Set([
  "unique_violation",
  "endpoint_missing",
  "cardinality_violation",
  "key_conflict",
  "key_immutable",
  "value_invalid",
  "load_invalid",
  "query_invalid",
  "merge_conflict",
]);

/** Whether a call that was refused had to be. */
export async function checkRefused(call: Call, answer: Refused, facts: Facts): Promise<string | null> {
  const { reason } = answer;
  const { replay, calls } = facts;
  if (ALWAYS.has(reason)) return null;
  if (reason === "graph_replaced") return facts.wasReplaced(call) ? null : "nobody replaced the graph";
  if (reason === "store_full") return facts.wasFull(call) ? null : "there was room";
  if (reason === "aborted" || reason === "closed") return call.isStoppable ? null : `nobody stopped it`;
  if (reason === "deadline_exceeded") {
    // Processes stand still for longer than a query may take that nobody gives a time.
    const allowedMs =
      call.deadlineMs ?? (call.errand.action.kind === "read" ? LIMITS.queryDeadlineMs.value : Infinity);
    const isOver = call.endedMs - call.begunMs >= allowedMs - ROUNDING_MS;
    return isOver ? null : "its time was not over";
  }
  if (reason === "object_corrupt")
    return isTornPin(call, answer, facts) ? null : "nobody has damaged an object";
  // What it saw may be gone.
  if (calls.poweredMs >= call.endedMs) return isKnown(reason) ? null : `nobody should be told ${reason}`;
  if (OF_THE_GRAPH.has(reason)) return checkGraph(call, answer, facts);
  const { action } = call.errand;
  switch (reason) {
    case "branch_not_found":
      return namesOf(action).every((name) => isThroughout(name, replay.logs, call))
        ? "the branches were there all the time"
        : null;
    case "branch_exists":
      return wasTaken(action, call, facts) ? null : "no such branch was in the way";
    case "read_set_conflict":
      return isOthers(answer.theirs, call, facts) ? null : `${answer.theirs} is not what came first`;
    case "precondition_failed":
      return call.ifCommit !== null && hasMovedOn(call, call.ifCommit, facts) ? null : "nobody came first";
    case "commit_not_found":
      return isForeign(action, call, facts) ? null : "the commit was there";
    case "commit_parentless":
      return revertedBy(action) === null ? "it names no commit" : null;
    case "history_reclaimed":
      return isGone(call, facts) ? null : "nothing that it needs was condemned";
    case "change_feed_gap":
    case "cursor_invalid":
      return checkFeedRefused(call, reason, facts);
    default:
      return `nobody should be told ${reason}`;
  }
}

/** Whether a cleanup met a claim that power loss has torn, as it is put relaxed: until that expires nobody knows what it is on. */
function isTornPin({ errand, endedMs }: Call, { message }: Refused, { calls }: Facts): boolean {
  return (
    errand.action.kind === "cleanup" &&
    message.startsWith("the pin ") &&
    calls.powerLosses.some((atMs) => atMs <= endedMs)
  );
}

function isKnown(reason: string): boolean {
  return (
    OF_THE_GRAPH.has(reason) ||
    [
      "branch_not_found",
      "branch_exists",
      "read_set_conflict",
      "precondition_failed",
      "commit_not_found",
      "commit_parentless",
      "change_feed_gap",
      "cursor_invalid",
      "history_reclaimed",
    ].includes(reason)
  );
}

/** The model refuses the same at a moment of the call. */
async function checkGraph(
  call: Call,
  { reason, conflicts }: Refused,
  { replay }: Facts,
): Promise<string | null> {
  const { action } = call.errand;
  const told = JSON.stringify(sortedConflicts(conflicts));
  const seen = new Set<string>();
  for (const answer of await refusals(call, action, replay)) {
    const found = JSON.stringify(sortedConflicts(answer.conflicts));
    if (answer.refused === reason && found === told) return null;
    seen.add(`${answer.refused} ${found}`);
  }
  return `the model refuses it with ${[...seen].join(" or ") || "nothing"}`;
}

async function refusals(call: Call, action: Action, replay: Replay): Promise<readonly Refusal[]> {
  const { model, logs } = replay;
  const found: Refusal[] = [];
  const targets = targetsOf(action).flatMap((name) => headsOf(name, logs, call));
  const sources = action.kind === "merge" ? headsOf(action.source, logs, call) : [];
  for (const ours of new Set(targets.map(({ commit }) => commit))) {
    if (action.kind === "merge") {
      for (const theirs of new Set(sources.map(({ commit }) => commit))) {
        const preview = await replay.merged(ours, theirs, action.strategy);
        if (preview.conflicts.length > 0)
          found.push({ refused: "merge_conflict", conflicts: preview.conflicts });
      }
      continue;
    }
    const answer = await replay.at(ours, async (branch) => {
      if (action.kind === "edit") return model.edit(branch, action.write);
      return action.kind === "revert"
        ? model.revert(branch, action.commit, action.strategy)
        : { commit: null };
    });
    if ("refused" in answer) found.push(answer);
  }
  return found;
}

/** Whether there was a branch of the name that a call makes: for a load one that it could not have made itself. */
function wasTaken(action: Action, call: Call, { replay: { logs } }: Facts): boolean {
  if (action.kind === "create") return logsOf(action.name, logs, call).length > 0;
  if (action.kind !== "edit" || action.from === null) return false;
  const [from] = logsOf(action.from, logs, call);
  return logsOf(action.branch, logs, call).some(({ fork }) => addressOf(fork ?? "")?.logId !== from?.logId);
}

/** Whether a commit is one that others made on the branch, after the handle read it last perhaps, and so before the call. */
function isOthers(commit: string | null, { errand, endedMs }: Call, { replay }: Facts): boolean {
  const [name] = targetsOf(errand.action);
  const found = replay.byId.get(commit ?? "");
  return (
    found !== undefined && found.errand !== errand.id && found.log.name === name && found.sinceMs <= endedMs
  );
}

/** Whether a branch was at another commit than one at a moment of a call. */
function hasMovedOn(call: Call, commit: string, { replay }: Facts): boolean {
  const [name = ""] = targetsOf(call.errand.action);
  const last = replay.changeAt(commit);
  return headsOf(name, replay.logs, call).some((head) => replay.changeAt(head.commit) !== last);
}

/** Whether a commit is gone, or one that is to be taken back was not in the history of the branch at a moment of a call. */
function isForeign(action: Action, call: Call, { replay }: Facts): boolean {
  const { logs, model, byId } = replay;
  if (action.kind === "read")
    return placesAt(action, replay, call).includes(null) || !isThroughout(action.branch, logs, call);
  if (action.kind === "diff")
    return [action.from, action.to].some((place) => isUlid(place) && !byId.has(place));
  if (action.kind === "create") return isUlid(action.from) && !byId.has(action.from);
  const reverted = revertedBy(action);
  if (reverted === null) return false;
  return headsOf(reverted.branch, logs, call).some(
    (head) => !model.ancestors(head.commit).includes(reverted.commit),
  );
}
