import { isError, present } from "@omnigraph/base";
import type { Omnigraph } from "omnigraph";
import { changesBetween } from "../../oracle/history-state.ts";
import { followed } from "../../support/models/feed-model.ts";
import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";
import type { Answer, Call, Calls } from "./calls.ts";
import type { Facts } from "./check.ts";
import type { Consumer, Kept, Run } from "./consumers.ts";
import { headsOf, logsOf } from "./heads.ts";
import { isGone } from "./told-gone.ts";
import type { Replay } from "./replay.ts";
import { changesText } from "./told-seen.ts";

type Done = Extract<Answer, { readonly kind: "done" }>;

/** Who is told that there is no more has all that was there at a moment of the call. */
export function checkPolled(call: Call, { commit, caughtUp }: Done, { replay, calls }: Facts): string | null {
  if (caughtUp !== true || calls.poweredMs >= call.endedMs) return null;
  const { action } = call.errand;
  if (action.kind !== "follow" || commit === null) return "it followed nothing";
  const heads = headsOf(action.branch, replay.logs, call);
  return heads.some((head) => newestTold(head.commit, replay) === newestTold(commit, replay))
    ? null
    : `${commit} is not all that was there`;
}

/** Whether a consumer whose feed cannot go on is rightly told so. */
export function checkFeedRefused(call: Call, reason: string, facts: Facts): string | null {
  const { replay, calls } = facts;
  const { action } = call.errand;
  if (action.kind !== "follow" || call.sinceMs === null) return `nobody should be told ${reason}`;
  const isSince = calls.poweredMs >= call.sinceMs;
  if (reason === "change_feed_gap")
    return isSince || isGone(call, facts) ? null : "nothing of it can be gone";
  // A cursor is of one log.
  const logs = logsOf(action.branch, replay.logs, { begunMs: call.sinceMs, endedMs: call.endedMs });
  return isSince || logs.length > 1 ? null : "it is of the same branch";
}

/** Every commit that changed something came to every consumer once, in order, with what it changed. Answers what is wrong, or null. */
export function checkConsumers(root: SimulatedHoldings, replay: Replay, calls: Calls): string | null {
  for (const consumer of calls.consumers.of(root))
    for (const run of consumer.runs) {
      const wrong = checkRun(consumer, run, replay, calls);
      if (wrong !== null) return `a consumer of ${consumer.branch}: ${wrong}`;
    }
  return null;
}

function checkRun(
  { branch }: Consumer,
  { baseline, blocks }: Run,
  replay: Replay,
  calls: Calls,
): string | null {
  const { byId } = replay;
  // What was told before it outlasts power loss may be gone, and another commit have its id.
  const isThere = (commit: string): boolean => byId.has(commit);
  if (baseline !== null && !isThere(baseline)) return null; // it was gone when power was lost
  const lost = blocks.findIndex(({ commit }) => !isThere(commit));
  const kept = lost === -1 ? blocks : blocks.slice(0, lost);
  const [gone] = lost === -1 ? [] : blocks.slice(lost);
  if (gone !== undefined && calls.poweredMs < gone.keptMs) return `${gone.commit} was told, and is not there`;
  const last = kept.at(-1);
  if (last === undefined) return null;
  const expected = toldUpTo(last.commit, replay);
  const begun = baseline === null ? 0 : 1 + expected.indexOf(newestTold(baseline, replay) ?? "");
  const told = kept.map(({ commit }) => commit).join();
  const due = expected.slice(begun).join();
  const mayBeAnother = calls.poweredMs >= last.keptMs;
  if (told !== due) return mayBeAnother ? null : `it was told ${told}, not ${due}`;
  for (const block of kept) {
    const wrong = calls.poweredMs >= block.keptMs ? null : checkBlock(block, block === last, replay);
    if (wrong !== null) return wrong;
  }
  const named = replay.logs.filter(({ name }) => name === branch);
  return named.some((log) => replay.chainOf(replay.headOf(log)).includes(last.commit)) || mayBeAnother
    ? null
    : `${last.commit} is not in the history of the branch`;
}

/** A block is what its commit changed; the newest one may be cut. */
function checkBlock(
  { commit, changes, isCut }: Kept,
  isNewest: boolean,
  { model, byId }: Replay,
): string | null {
  const parent = present(byId.get(commit)?.record.header.parents[0], "parent");
  const all = changesBetween(model.stateAt({ at: parent }), model.stateAt({ at: commit }));
  const due = isCut && isNewest ? all.slice(0, changes.length) : all;
  const [told, wanted] = [changesText(changes), changesText(due)];
  return told === wanted ? null : `${commit} was told as ${told}, not ${wanted}`;
}

/** Consumers that go on are told the rest. */
export async function checkRest(
  graph: Omnigraph,
  root: SimulatedHoldings,
  { replay, calls, horizons }: Pick<Facts, "replay" | "calls" | "horizons">,
): Promise<string | null> {
  for (const { branch, position, last } of calls.consumers.of(root)) {
    const log = replay.logs.find(({ name, seal }) => name === branch && seal === null);
    if (log === undefined || log.isTorn || position === null || position.next.pageToken !== undefined)
      continue;
    const head = replay.headOf(log);
    if (position.sinceMs <= calls.poweredMs || log.namedMs > position.sinceMs) continue;
    if (last !== null && !replay.chainOf(head).includes(last)) continue;
    const expected = toldUpTo(head, replay);
    const wanted = expected.slice(
      1 + expected.indexOf(last === null ? "" : (newestTold(last, replay) ?? "")),
    );
    const isGone = wanted.some((id) => horizons.isCondemned(id, replay));
    const rest = await followed(graph, { branch, ...position.next }).catch((error: unknown) => {
      if (isGone && isError(error, "change_feed_gap")) return null;
      throw error;
    });
    if (rest === null) continue;
    const told = rest.map(({ cause }) => cause.commit);
    if (told.join() !== wanted.join()) return `the rest of ${branch} is ${told.join()}, not ${wanted.join()}`;
  }
  return null;
}

/** The commits of a chain that the feed tells of, the oldest first. */
function toldUpTo(commit: string, replay: Replay): readonly string[] {
  return replay
    .chainOf(commit)
    .filter((id) => isTold(id, replay))
    .toReversed();
}

function newestTold(commit: string, replay: Replay): string | null {
  return replay.chainOf(commit).find((id) => isTold(id, replay)) ?? null;
}

function isTold(id: string, { byId }: Replay): boolean {
  const kind = byId.get(id)?.record.header.kind;
  return kind !== "genesis" && kind !== "maintenance" && kind !== "recovery";
}
