import { isError, OmnigraphError, present, quoted } from "@omnigraph/base";
import { formatInstant, parseInstant } from "@omnigraph/language";
import type { CommitRecord, GraphLog } from "@omnigraph/log";
import type { PointInTime } from "../api/graph.ts";
import { Chain } from "./chain.ts";
import { commitNamed, WAYS } from "./commit-names.ts";

/**
 * The commit at a point in time. A text is a time in ISO 8601, exact to the microsecond (a date alone is midnight UTC), or else the name of a commit, see
 * `commitNamed`. A `Date` means the end of its millisecond, so that commits of that millisecond are included.
 * Errors: `commit_not_found`, also for a time before the first commit and for a text that is neither; `commit_ambiguous`.
 */
export async function commitAt(
  at: PointInTime,
  head: () => Promise<CommitRecord>,
  log: GraphLog,
  signal?: AbortSignal,
): Promise<CommitRecord> {
  const time = timeOf(at);
  if (time !== null) return newestAt(time, await head(), log, signal);
  const name = String(at);
  try {
    return await commitNamed(name, log, "branch_not_found", signal);
  } catch (cause) {
    if (!isError(cause, "branch_not_found") && !isError(cause, "branch_name_invalid")) throw cause;
    throw new OmnigraphError(
      "commit_not_found",
      `${quoted(name)} is neither a commit, nor a branch, nor a time; write a time as 2026-01-31, 2026-01-31T12:30:00Z or ` +
        `2026-01-31T12:30:00.250000+01:00, with six digits of a second at most; for a commit ${WAYS}`,
      { details: { at: name }, cause },
    );
  }
}

/** The newest commit on the chain to a head that was made at or before a time, in microseconds since the epoch. A binary search. */
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
  const asked = formatInstant(time);
  throw new OmnigraphError(
    "commit_not_found",
    `there was no graph yet at ${asked}: its first commit is of ${formatInstant(first.createdAt)}`,
    { details: { at: asked } },
  );
}

/** Microseconds since the epoch; null if it is no time. */
function timeOf(at: PointInTime): number | null {
  if (typeof at === "string") return parseInstant(at);
  const millis = at.getTime();
  return Number.isNaN(millis) ? null : millis * 1000 + 999;
}
