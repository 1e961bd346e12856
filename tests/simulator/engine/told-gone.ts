import { isUlid, LIMITS } from "@omnigraph/base";
import type { Action, Call } from "./calls.ts";
import type { Facts } from "./check.ts";
import { namesOf, revertedBy } from "./named.ts";
import { commitsAt, placesAt } from "./told-seen.ts";

/** What reads every branch, and looks again where something is gone: nobody is told so. */
const OF_ALL: ReadonlySet<Action["kind"]> = new Set<Action["kind"]>(["backup", "fsck", "repair"]);

/** Whether a commit whose snapshot or changes a call may need was condemned before it ended. */
export function isGone(call: Call, facts: Facts): boolean {
  const { replay, horizons } = facts;
  const { action } = call.errand;
  if (OF_ALL.has(action.kind)) return false;
  // Whoever stands still for so long loses its claims, and does not trust what it read.
  if (call.endedMs - call.begunMs > LIMITS.pinExpiryMs.value) return true;
  if (needed(call, replay).some((id) => horizons.isCondemned(id, replay, call.endedMs))) return true;
  if (action.kind !== "merge" && action.kind !== "preview") return false;
  const [sources, targets] = [action.source, action.target].map((name) => commitsAt(name, replay, call));
  return (targets ?? []).some((ours) => (sources ?? []).some((theirs) => isBaseGone(ours, theirs, facts)));
}

/**
 * Whether a merge of two commits may be refused since a base of theirs is gone: one that was merged by who had read it as a head, and was condemned before that
 * merge came. A merge takes no claim on what it merges, as it needs nothing of it once it is there.
 */
export function isBaseGone(
  ours: string,
  theirs: string,
  { replay, horizons }: Pick<Facts, "replay" | "horizons">,
): boolean {
  const bases = replay.model.bases(ours, theirs);
  return [...replay.byId.values()].some(({ record: { header }, sinceMs }) => {
    const [, merged] = header.parents;
    return merged !== undefined && bases.includes(merged) && horizons.isCondemned(merged, replay, sinceMs);
  });
}

/** The commits that a call may need: heads of its branches, those that it names, and what it compares these with. */
function needed(call: Call, replay: Facts["replay"]): readonly string[] {
  const { action } = call.errand;
  const places = [...namesOf(action), ...idsIn(action)];
  const found = places.flatMap((place) => commitsAt(place, replay, call));
  if (action.kind === "read") found.push(...placesAt(action, replay, call).filter((id) => id !== null));
  if (action.kind === "follow") found.push(...found.flatMap((head) => replay.chainOf(head)));
  const reverted = revertedBy(action)?.commit;
  if (reverted !== undefined) found.push(...(replay.byId.get(reverted)?.record.header.parents ?? []));
  if (action.kind === "diff" && action.sinceBase)
    for (const from of commitsAt(action.from, replay, call))
      for (const to of commitsAt(action.to, replay, call))
        if (replay.byId.has(from) && replay.byId.has(to)) found.push(...replay.model.bases(from, to));
  return found;
}

function idsIn(action: Action): readonly string[] {
  if (action.kind === "create") return [action.from].filter((place) => isUlid(place));
  if (action.kind === "diff") return [action.from, action.to].filter((place) => isUlid(place));
  const reverted = revertedBy(action);
  return reverted === null ? [] : [reverted.commit];
}
