import { isError, isUlid, OmnigraphError, present, quoted } from "@omnigraph/base";
import type { CommitRecord, GraphLog } from "@omnigraph/log";
import { Chain } from "./chain.ts";

/** Leading digits of a commit id that are its time in milliseconds. */
const TIME_DIGITS = 10;
/** Fewer digits than this are never taken for the beginning of a commit id. */
const MIN_DIGITS = 6;
const PREFIX = new RegExp(`^[0-7][0-9A-HJKMNP-TV-Z]{${MIN_DIGITS - 1},24}$`, "i");
/** Most candidates in the message of an error. */
const MAX_CANDIDATES = 10;

/**
 * The commit that a name means. Tried in this order: a whole commit id, in upper or lower case; a branch, which means its head; `main~2`, which is two
 * first parents before the head; and the first six or more digits of a commit id, if exactly one commit in the histories of all branches begins so. No branch can
 * have a name that is a commit id. Errors: `commit_ambiguous`; if nothing has that name, `branch_not_found` or `commit_not_found` as
 * the caller chooses, and always `commit_not_found` for a whole id.
 */
export async function commitNamed(
  name: string,
  log: GraphLog,
  missing: "branch_not_found" | "commit_not_found",
  signal?: AbortSignal,
): Promise<CommitRecord> {
  if (isUlid(name.toUpperCase())) return log.commit(name.toUpperCase(), signal);
  const [, base, count] = /^(.+?)~(\d*)$/.exec(name) ?? [];
  if (base !== undefined) {
    const from = await commitNamed(base, log, missing, signal);
    return ancestor(from, count === "" ? 1 : Number(count), log, signal);
  }
  try {
    return await log.head(name, signal);
  } catch (thrown) {
    if (!isError(thrown, "branch_not_found") && !isError(thrown, "branch_name_invalid")) throw thrown;
    const begun = PREFIX.test(name) ? await commitBeginning(name, log, signal) : null;
    if (begun !== null) return begun;
    if (missing === "branch_not_found") throw thrown;
    throw new OmnigraphError("commit_not_found", `${quoted(name)} names no commit: ${WAYS}`, {
      details: { commit: name },
      cause: thrown,
    });
  }
}

/** How a commit can be named, for messages. */
export const WAYS: string = `give its id or the first ${MIN_DIGITS} digits of it or more, a branch, or main~2 for the second before the head of main`;

async function ancestor(
  from: CommitRecord,
  count: number,
  log: GraphLog,
  signal: AbortSignal | undefined,
): Promise<CommitRecord> {
  const { depth, id } = from.header;
  const wanted = depth - count;
  if (count === 0) return from;
  if (wanted >= 1) {
    const chain = await Chain.to(from, log, signal);
    return present(await chain.newest(({ header }) => header.depth <= wanted, signal), "ancestor");
  }
  throw new OmnigraphError(
    "commit_not_found",
    `commit ${id} has ${depth - 1} before it, not ${count}; name a later one`,
    { details: { commit: id } },
  );
}

/** The only commit in the histories of the branches whose id begins with a prefix; null if there is none. Errors: `commit_ambiguous`. */
async function commitBeginning(
  prefix: string,
  log: GraphLog,
  signal: AbortSignal | undefined,
): Promise<CommitRecord | null> {
  const start = prefix.toUpperCase();
  const branches = await log.listBranches(signal, () => undefined); // without damaged ones
  const found = new Map<string, CommitRecord>();
  await Promise.all(
    branches.map(async ({ head }) => {
      for await (const commit of onChain(start, head, log, signal)) found.set(commit.header.id, commit);
    }),
  );
  const [only, ...others] = [...found.values()].toSorted((a, b) => (a.header.id < b.header.id ? -1 : 1));
  if (only === undefined || others.length === 0) return only ?? null;
  const candidates = [only, ...others].map(({ header }) => header.id);
  const more = candidates.length > MAX_CANDIDATES ? ", …" : "";
  throw new OmnigraphError(
    "commit_ambiguous",
    `${candidates.length} commits begin with ${quoted(prefix)}: ${candidates.slice(0, MAX_CANDIDATES).join(", ")}${more}; give more digits`,
    { details: { commit: prefix, candidates: candidates.slice(0, MAX_CANDIDATES) } },
  );
}

/** Ids begin with their time, which grows along first parents: so the commits whose ids have a common prefix are neighbours. */
async function* onChain(
  start: string,
  head: CommitRecord,
  log: GraphLog,
  signal: AbortSignal | undefined,
): AsyncGenerator<CommitRecord, void, undefined> {
  const timeOf = (id: string): string => id.slice(0, Math.min(start.length, TIME_DIGITS));
  const time = timeOf(start);
  const chain = await Chain.to(head, log, signal);
  const newest = await chain.newest(({ header }) => timeOf(header.id) <= time, signal);
  if (newest === null) return;
  for await (const commit of log.history(newest, signal)) {
    if (timeOf(commit.header.id) < time) return;
    if (commit.header.id.startsWith(start)) yield commit;
  }
}
