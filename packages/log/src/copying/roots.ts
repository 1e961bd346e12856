import type { ObjectStore } from "@omnigraph/storage";
import { addressOf, type LogId } from "../address.ts";
import { MAIN, recordOfKey, REFS_PREFIX } from "../branch/names.ts";
import type { Branches } from "../branch/branches.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import { branchNotFound } from "../reading/errors.ts";
import type { Reach } from "./needed.ts";

/** A branch that is copied, up to the head that was seen. */
export interface CopiedBranch {
  readonly name: string;
  /** The log of the branch: its head may lie in that of another one, where it began. */
  readonly logId: LogId;
  readonly head: CommitRecord;
}

export interface RootsSource {
  readonly store: ObjectStore;
  readonly branches: Branches;
  /** Makes objects outlast power loss: it must not take from the graph what a copy has. */
  readonly sync: (keys: readonly string[]) => Promise<void>;
  /** The same for the end of a log; cleanup spares the head of a living one until the copy is done. */
  readonly hold: (log: BranchLog, end: CommitRecord) => Promise<void>;
}

/** What a copy begins with. */
export interface Roots {
  readonly branches: readonly CopiedBranch[];
  readonly reaches: readonly Reach[];
  /** Keys of the records of the chosen names; those of a name in order of their numbers. */
  readonly records: readonly string[];
}

/**
 * The branches to copy, and where their logs end now. Main is always among them; where it is not chosen, only as far as others stand on it. Throws
 * `branch_not_found`.
 */
export async function rootsOf(
  { store, branches, sync, hold }: RootsSource,
  chosen: readonly string[] | null,
  signal?: AbortSignal,
): Promise<Roots> {
  const records = new Map<string, string[]>();
  // Listed before any head is looked for: what a record names is there by then.
  for (const { key } of await store.list(REFS_PREFIX)) {
    const named = recordOfKey(key);
    if (named === null || (chosen !== null && !chosen.includes(named.name))) continue;
    // The newest is listed first.
    records.set(named.name, [key, ...(records.get(named.name) ?? [])]);
  }
  const copied: CopiedBranch[] = [];
  const reaches: Reach[] = [{ logId: branches.main.logId, slot: 0 }];
  const reachFork = ({ fork }: BranchLog): void => {
    const address = fork === null ? null : addressOf(fork);
    if (address !== null) reaches.push(address);
  };
  const add = async (name: string, log: BranchLog): Promise<void> => {
    const { commit, slot } = await log.look(signal);
    reaches.push(slot < 0 ? commit.address : { logId: log.logId, slot });
    reachFork(log);
    await hold(log, commit);
    if (!log.sealed) copied.push({ name, logId: log.logId, head: commit });
  };
  await sync([...records.values()].flatMap((keys) => keys.slice(-1)));
  for (const [name, keys] of records)
    for (const key of keys) {
      const log = await branches.ofRecord(key, signal);
      if (log === null) continue;
      if (key === keys.at(-1)) await add(name, log);
      // An earlier branch of the name is gone, and its record still names where it began.
      else reachFork(log);
    }
  if (chosen === null || chosen.includes(MAIN)) await add(MAIN, branches.main);
  const missing = chosen?.find((name) => !copied.some((each) => each.name === name));
  if (missing !== undefined) throw branchNotFound(store.uri, missing);
  return {
    branches: copied.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    reaches,
    records: [...records.values()].flat(),
  };
}
