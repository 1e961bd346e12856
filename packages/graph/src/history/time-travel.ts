import { OmnigraphError, present } from "@omnigraph/base";
import { parseDateTime } from "@omnigraph/language";
import { addressOf, type CommitRecord, type GraphLog } from "@omnigraph/log";
import type { PointInTime } from "../api.ts";
import { Chain } from "./chain.ts";

/**
 * The commit that is meant. A text is a commit id, or a time in ISO 8601; a date alone is midnight UTC.
 * Errors: `commit_not_found`, also where the graph is younger and for a text that is neither.
 */
export async function commitAt(
  at: PointInTime,
  head: () => Promise<CommitRecord>,
  log: GraphLog,
  signal?: AbortSignal,
): Promise<CommitRecord> {
  if (typeof at === "string" && addressOf(at) !== null) return log.commit(at, signal);
  return newestAt(timeOf(at), await head(), log, signal);
}

/** The newest commit on the chain to a head that was made at a time, in microseconds since the epoch, or before it. Reads as many commits as halving takes. */
async function newestAt(
  time: number,
  head: CommitRecord,
  log: GraphLog,
  signal: AbortSignal | undefined,
): Promise<CommitRecord> {
  if (head.header.createdAt <= time) return head;
  const chain = await Chain.to(head, log, signal);
  const found = await chain.newest(({ header }) => header.createdAt <= time, signal);
  if (found !== null) return found;
  const first = present(await chain.first(signal), "genesis").header;
  const asked = new Date(time / 1000).toISOString();
  throw new OmnigraphError(
    "commit_not_found",
    `there was no graph yet at ${asked}: its first commit is of ${new Date(first.createdAt / 1000).toISOString()}`,
    { details: { at: asked } },
  );
}

/** Microseconds since the epoch: the end of the millisecond that is named. */
function timeOf(at: PointInTime): number {
  const millis = at instanceof Date ? at.getTime() : (parseDateTime(at) ?? Number.NaN);
  if (!Number.isNaN(millis)) return millis * 1000 + 999;
  throw new OmnigraphError(
    "commit_not_found",
    `${JSON.stringify(String(at))} is neither a commit id nor a time; write a time as 2026-01-31, 2026-01-31T12:30:00Z or 2026-01-31T12:30:00.250+01:00`,
  );
}
