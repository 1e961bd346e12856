import type { LogId } from "../address.ts";
import { type CommitRecord, lastOf } from "../commit/header.ts";
import { type Cuts, WHOLE } from "../retention/horizon-record.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";
import type { Logs } from "./logs.ts";

/** What is kept of each living branch. Where both are given, a commit goes only if neither keeps it. */
export interface Retention {
  /** So many of its newest commits; at least 1. */
  readonly keep: number | null;
  /** Commits made at or after this time, in microseconds since the epoch. */
  readonly since: number | null;
}

/**
 * The cut of each log: never at the head of a living branch, and never below an earlier cut. A sealed log is condemned whole, and one without a name not
 * at all. `upcoming`: logs to which one more commit will have come by then.
 */
export async function cutsFor(
  { living, sealed }: Pick<Logs, "living" | "sealed">,
  retention: Retention,
  before: Cuts,
  objects: CommitObjects,
  upcoming: ReadonlySet<LogId> = new Set(),
): Promise<Cuts> {
  const cuts = new Map(before);
  for (const { logId } of sealed) cuts.set(logId, WHOLE);
  for (const { logId, head } of living) {
    if (head.address.logId !== logId) continue; // it has no commit of its own
    const comes = upcoming.has(logId) ? 1 : 0;
    const cut = await cutBelow(head, comes, retention, objects);
    if (cut > (before.get(logId) ?? -1)) cuts.set(logId, cut);
  }
  return cuts;
}

/** The greatest slot of the head's log of which no commit is kept; -1 for none. Depth and time grow along a log, so this is a binary search. */
async function cutBelow(
  head: CommitRecord,
  comes: number,
  { keep, since }: Retention,
  objects: CommitObjects,
): Promise<number> {
  const { logId, slot } = head.address;
  const isKept = ({ header }: CommitRecord): boolean =>
    (keep !== null && header.depth > head.header.depth + comes - keep) ||
    (since !== null && header.createdAt >= since);
  let low = -1;
  let high = slot - 1 + comes;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isKept(lastOf(await objects.expect(logId, middle)))) high = middle - 1;
    else low = middle;
  }
  return low;
}
