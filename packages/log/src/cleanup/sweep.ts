import type { Clock } from "@omnigraph/base";
import { isBlobKey, type ObjectStore, placeOf } from "@omnigraph/storage";
import { type LogId, slotKey } from "../address.ts";
import { stubOf } from "../commit/stub.ts";
import { BLOCK_SLOTS, blockKey, blockOf } from "../digest/blocks.ts";
import type { CondemnedList, TableName } from "../retention/condemned-list.ts";
import { TABLES_PREFIX, tableText } from "../retention/condemned-list.ts";
import { listTables, type StoredTable } from "./tables-listing.ts";

/** Slots and objects that are handled between two pauses, and how long these are: file systems slow down under thousands of removals in a row. */
const LOT = BLOCK_SLOTS;
const PAUSE_MS = 5;
/** Calls to the store at one time. */
const CONCURRENCY = 8;

/** What content of Blobs is counted under, of whatever type it was. */
const RECLAIMED_BLOBS = "blobs";

/** What was removed, or would be. */
export interface Reclaimed {
  /** Slots whose changes went, or would go. */
  slots: number;
  /** Their commits. */
  commits: number;
  slotBytes: number;
  /** By id of the type tables and their bytes; content of Blobs under `RECLAIMED_BLOBS`. */
  readonly tables: Map<string, { count: number; bytes: number }>;
}

export interface SweepContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Asked before each lot that is removed. Throws where it must not be. */
  readonly check: () => Promise<void>;
}

export function nothingReclaimed(): Reclaimed {
  return { slots: 0, commits: 0, slotBytes: 0, tables: new Map() };
}

/** The sum of what was removed twice. */
export function together(a: Reclaimed, b: Reclaimed): Reclaimed {
  const tables = new Map(a.tables);
  for (const [type, { count, bytes }] of b.tables) {
    const there = tables.get(type) ?? { count: 0, bytes: 0 };
    tables.set(type, { count: there.count + count, bytes: there.bytes + bytes });
  }
  return {
    slots: a.slots + b.slots,
    commits: a.commits + b.commits,
    slotBytes: a.slotBytes + b.slotBytes,
    tables,
  };
}

/** What a list is worth: reads every slot in it, and removes nothing. */
export async function measure(context: SweepContext, list: CondemnedList): Promise<Reclaimed> {
  const found = nothingReclaimed();
  for (const lot of lotsOf(list)) {
    for (const { before, after, commits } of await stubsOf(context, lot)) {
      found.slots++;
      found.commits += commits;
      found.slotBytes += before - after.length;
    }
  }
  const tables = await listTables(context.store, context.signal);
  for (const table of list.tables) noteTable(found, tables.get(tableText(table)));
  return found;
}

/** Removes what is in a list, in small lots. May be repeated, and done by several at once. */
export async function sweep(
  context: SweepContext,
  list: CondemnedList,
  onLot: () => void,
): Promise<Reclaimed> {
  const found = nothingReclaimed();
  for (const lot of lotsOf(list)) {
    await pause(context);
    onLot();
    for (const { key, before, after, commits } of await stubsOf(context, lot)) {
      await context.store.put(key, after);
      found.slots++;
      found.commits += commits;
      found.slotBytes += before - after.length;
    }
    // A digest would keep what its slots had. Readers make another one, of what they have now.
    await context.store.delete(blockKey(lot.logId, blockOf(lot.from)));
  }
  await sweepTables(context, list.tables, found, onLot);
  return found;
}

async function sweepTables(
  context: SweepContext,
  condemned: readonly TableName[],
  found: Reclaimed,
  onLot: () => void,
): Promise<void> {
  if (condemned.length === 0) return;
  const tables = await listTables(context.store, context.signal);
  let removed = LOT;
  for (const name of condemned) {
    const table = tables.get(tableText(name));
    if (table === undefined) continue;
    if (removed >= LOT) {
      await pause(context);
      removed = 0;
      onLot();
    }
    await removeTable(context.store, table);
    noteTable(found, table);
    removed += table.objects.length;
  }
}

/** What a reader needs first goes first, so that it is refused and not misled. */
async function removeTable(store: ObjectStore, { staging, type }: StoredTable): Promise<void> {
  const prefix = `${TABLES_PREFIX}${staging}/${type}`;
  await store.deletePrefix(`${prefix}.lance/`);
  for (const { key } of await store.list(`${prefix}.`)) await store.delete(key);
  const folder = `${TABLES_PREFIX}${staging}/`;
  if ((await store.list(folder, { limit: 1 })).length === 0) await store.deletePrefix(folder);
}

function noteTable(found: Reclaimed, table: StoredTable | undefined): void {
  if (table === undefined) return;
  const type = table.objects.every(({ key }) => isBlobKey(key)) ? RECLAIMED_BLOBS : table.type;
  const there = found.tables.get(type) ?? { count: 0, bytes: 0 };
  found.tables.set(type, { count: there.count + 1, bytes: there.bytes + table.bytes });
}

async function pause({ clock, signal, check }: SweepContext): Promise<void> {
  await clock.sleep(PAUSE_MS);
  signal?.throwIfAborted();
  await check();
}

/** Slots of one block. */
interface Lot {
  readonly logId: LogId;
  readonly from: number;
  readonly to: number;
}

function* lotsOf({ slots }: CondemnedList): Iterable<Lot> {
  for (const [logId, runs] of slots) {
    for (const [first, last] of runs) {
      for (let from = first; from <= last; from = (blockOf(from) + 1) * BLOCK_SLOTS)
        yield { logId, from, to: Math.min(last, (blockOf(from) + 1) * BLOCK_SLOTS - 1) };
    }
  }
}

/** The stubs of those slots of a lot that have something to reclaim. */
async function stubsOf(
  { store, signal }: SweepContext,
  { logId, from, to }: Lot,
): Promise<readonly { key: string; before: number; after: Uint8Array; commits: number }[]> {
  const found: { key: string; before: number; after: Uint8Array; commits: number }[] = [];
  for (let at = from; at <= to; at += CONCURRENCY) {
    signal?.throwIfAborted();
    const keys = Array.from({ length: Math.min(CONCURRENCY, to - at + 1) }, (_, i) => slotKey(logId, at + i));
    for (const [i, bytes] of (await Promise.all(keys.map((key) => store.get(key, signal)))).entries()) {
      const key = keys[i] ?? "";
      const stub = bytes === null ? null : stubOf(bytes, placeOf(store, key));
      if (bytes !== null && stub !== null)
        found.push({ key, before: bytes.length, after: stub.bytes, commits: stub.commits });
    }
  }
  return found;
}
