import { slotKey } from "../address.ts";
import type { CommitObject } from "../commit/header.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";

/**
 * The objects that must be synced to make an object durable, newest first: itself, the relaxed ones before it, and the last durable one before those. Slots
 * up to `syncedUpTo` are known to be durable.
 */
export async function unsynced(
  objects: CommitObjects,
  object: CommitObject,
  syncedUpTo: number,
): Promise<readonly CommitObject[]> {
  const found: CommitObject[] = [];
  for (let at = object; at.slot > syncedUpTo; at = await objects.expect(at.logId, at.slot - 1)) {
    found.push(at);
    if (at.durability === "durable" || at.slot === 0) break;
  }
  return found;
}

/** Keys of objects. */
export function keysOf(objects: readonly CommitObject[]): string[] {
  return objects.map(({ logId, slot }) => slotKey(logId, slot));
}
