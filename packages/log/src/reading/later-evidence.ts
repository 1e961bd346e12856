import type { ObjectStore } from "@omnigraph/storage";
import { logPrefix, slotKey, slotOfKey, SLOTS, type LogId } from "../address.ts";
import { blockKey, blockOf } from "../digest/blocks.ts";
import type { CommitObjects } from "./commit-objects.ts";

/** Slots after one that are looked at one by one; then ever farther ones are. */
const NEAR = 8;
const SLOT_STEPS = 9;
const BLOCK_STEPS = 3;
/** Names of a listing among which a slot's is looked for, where the first is none. */
const LISTED = 64;

/**
 * How much is looked at. `full`: names near and far, and digests. `brief`: two names at most, for listings of many logs. Both see what this process knows
 * without looking.
 */
export type Thoroughness = "full" | "brief";

/**
 * Whether anything shows that slots after one that is free were taken: what this process knows of later commits, names of later slots, and digests of
 * blocks, which are put once a block is full. Then the free slot is a hole, or was taken just now: slots are taken in order, so another look at
 * it tells which. `isNewest` spares a listing: the slot was just listed as the newest.
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

/** The newest slot of a log as an ordered store lists it, or -1. Names that no slot has are no part of the log. */
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

/** A damaged digest shows nothing. */
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
