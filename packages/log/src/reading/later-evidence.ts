import type { ObjectStore } from "@omnigraph/storage";
import { logPrefix, slotKey, slotOfKey, SLOTS, type LogId } from "../address.ts";
import { blockKey, blockOf } from "../digest/blocks.ts";
import type { CommitObjects } from "./commit-objects.ts";

/** The next slots, this many, are all probed; beyond them only slots at doubling distances. */
const NEAR = 8;
const SLOT_STEPS = 9;
const BLOCK_STEPS = 3;
/** Page size of a listing in search of a slot, where the first name is not one. */
const LISTED = 64;

/**
 * How much is probed. `full`: near and far slots, and digests. `brief`: two names at most, for listings of many logs. Both use what this process knows
 * already.
 */
export type Thoroughness = "full" | "brief";

/**
 * Whether there is evidence that slots after a free one were taken: later commits that this process knows, names of later slots, or digests of blocks,
 * which are written once a block is full. If so, the free slot is a hole, or was taken just now. Slots are taken in order, so reading it again tells
 * which. `isNewest` saves a listing: the slot was just listed as the newest.
 */
export async function hasLaterEvidence(
  { store, objects }: { readonly store: ObjectStore; readonly objects: CommitObjects },
  logId: LogId,
  free: number,
  { thoroughness, isNewest }: { readonly thoroughness: Thoroughness; readonly isNewest: boolean },
): Promise<boolean> {
  if (objects.isTaken(logId, free)) return true;
  const block = blockOf(free);
  if (!store.ordered) {
    const slots = thoroughness === "brief" ? [free + 1] : laterSlots(free);
    const names = slots.filter((slot) => slot < SLOTS).map((slot) => slotKey(logId, slot));
    const blocks = thoroughness === "brief" ? [block] : laterBlocks(block);
    const [taken, digested] = await Promise.all([
      Promise.all(names.map((name) => store.exists(name))),
      Promise.all(blocks.map((each) => isDigested(store, objects, logId, each))),
    ]);
    return taken.includes(true) || digested.includes(true);
  }
  if (thoroughness === "brief") return false;
  const [newest, digested] = await Promise.all([
    isNewest ? -1 : newestListed(store, logId),
    isDigested(store, objects, logId, block),
  ]);
  return newest > free || digested;
}

/** The newest slot of a log by a listing of an ordered store, or -1. Other names are ignored. */
export async function newestListed(store: ObjectStore, logId: LogId): Promise<number> {
  const prefix = logPrefix(logId);
  for (let after: string | undefined, limit = 1; ; limit = LISTED) {
    const listed = await store.list(prefix, after === undefined ? { limit } : { after, limit });
    const found = listed.map(({ key }) => slotOfKey(logId, key)).find((slot) => slot >= 0);
    if (found !== undefined) return found;
    after = listed.at(-1)?.key;
    if (after === undefined || listed.length < limit) return -1;
  }
}

/** Whether a block has a readable digest; a damaged one is no evidence. */
async function isDigested(
  store: ObjectStore,
  objects: CommitObjects,
  logId: LogId,
  block: number,
): Promise<boolean> {
  return (await store.exists(blockKey(logId, block))) && (await objects.hasDigest(logId, block));
}

function laterSlots(free: number): readonly number[] {
  const near = Array.from({ length: NEAR }, (_, i) => free + 1 + i);
  return [...near, ...Array.from({ length: SLOT_STEPS }, (_, i) => free + NEAR * 2 ** (i + 1))];
}

function laterBlocks(block: number): readonly number[] {
  return [block, ...Array.from({ length: BLOCK_STEPS }, (_, i) => block + 2 ** i)];
}
