import type { ObjectStore } from "@omnigraph/storage";
import { isLogId, type LogId, LOGS_PREFIX, slotOfKey } from "../address.ts";
import type { BranchSummary } from "../branch/branches.ts";
import type { CommitRecord } from "../commit/header.ts";
import { lastOf } from "../commit/header.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";

/** A log of a deleted branch, or one that never got a name. */
interface OtherLog {
  readonly logId: LogId;
  readonly newest: CommitRecord;
}

/** All logs of a graph. */
export interface Logs {
  /** Those of living branches. */
  readonly living: readonly BranchSummary[];
  /** Those that end with a seal. */
  readonly sealed: readonly OtherLog[];
  /** Those that nobody finds by a name: of a branch that is being made, or was never finished. */
  readonly nameless: readonly OtherLog[];
}

/** `branches` lists the branches there are, after the logs were listed: so a log without a name is one that had none then. */
export async function listLogs(
  store: ObjectStore,
  objects: CommitObjects,
  branches: () => Promise<readonly BranchSummary[]>,
  signal?: AbortSignal,
): Promise<Logs> {
  const newest = await newestSlots(store);
  const living = await branches();
  const named = new Set(living.map(({ logId }) => logId));
  const [sealed, nameless]: [OtherLog[], OtherLog[]] = [[], []];
  for (const [logId, slot] of newest) {
    if (named.has(logId)) continue;
    const commit = lastOf(await objects.expect(logId, slot, signal));
    (commit.header.kind === "seal" ? sealed : nameless).push({ logId, newest: commit });
  }
  return { living, sealed, nameless };
}

async function newestSlots(store: ObjectStore): Promise<ReadonlyMap<LogId, number>> {
  const newest = new Map<LogId, number>();
  for (const { key } of await store.list(LOGS_PREFIX)) {
    const logId = key.slice(LOGS_PREFIX.length).split(/[.-]/, 1)[0]?.toUpperCase() ?? "";
    if (!isLogId(logId)) continue;
    const slot = slotOfKey(logId, key);
    if (slot > (newest.get(logId) ?? -1)) newest.set(logId, slot);
  }
  return newest;
}
