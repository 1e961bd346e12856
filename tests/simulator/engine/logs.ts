import { isError, present } from "@omnigraph/base";
import { type CommitRecord, type GraphLog, type LogId, MAIN_LOG_ID } from "@omnigraph/log";
import { slotKey } from "../../../packages/log/src/address.ts";
import { recordOfKey } from "../../../packages/log/src/branch/names.ts";
import { decodeRef } from "../../../packages/log/src/branch/ref-record.ts";
import type { ObjectStore } from "@omnigraph/storage";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import { overridden } from "../../support/stores/overridden.ts";

/** A log as it is in the end. Times are milliseconds of virtual time. */
export interface LogFound {
  readonly logId: LogId;
  /** Null: no branch was ever found by it, since its maker lost the race for the name. */
  readonly name: string | null;
  /** Since when the name leads to it. */
  readonly namedMs: number;
  /** When it was sealed; Infinity: it is not. */
  readonly sealedMs: number;
  /** Id of the commit that it was made at; null for main. */
  readonly fork: string | null;
  /** Without the seal. */
  readonly commits: readonly Landed[];
  readonly seal: CommitRecord | null;
  /** Slots after its commits are there that nobody reads: power loss took one before them, or a part of it. */
  readonly isTorn: boolean;
}

export interface Landed {
  readonly record: CommitRecord;
  readonly sinceMs: number;
}

interface Named {
  readonly name: string;
  readonly fork: string;
  readonly sinceMs: number;
}

/** The store as if cleanup had made no stubs: every commit is what it was when it was put. */
export function asWritten<Store extends ObjectStore>(world: SimulatedObjects, store: Store): Store {
  return overridden(store, {
    get: async (key, signal) =>
      key.endsWith(".commit") ? world.firstAt(key) : isDigest(key) ? null : store.get(key, signal),
    range: async (key, offset, length, signal) =>
      isDigest(key) ? null : store.range(key, offset, length, signal),
  });
}

/** Those that are made of stubs are stubs. */
function isDigest(key: string): boolean {
  return key.startsWith("__manifest/digests/");
}

/** Every log that is there, with main first. Throws where a slot is missing, unless they may be torn: then each ends before that. */
export async function logsIn(
  world: SimulatedObjects,
  log: GraphLog,
  mayBeTorn: boolean,
): Promise<readonly LogFound[]> {
  const named = namesIn(world);
  const counts = slotsIn(world);
  for (const logId of named.keys()) if (!counts.has(logId)) counts.set(logId, 0);
  const found: LogFound[] = [];
  for (const [logId, count] of counts) {
    const whole = mayBeTorn ? await wholeSlots(log, logId, count) : count;
    // Power loss tore the first slot of a log that nobody ever found.
    if (mayBeTorn && whole === 0 && !named.has(logId)) continue;
    const records = whole === 0 ? [] : await log.commits(logId, 0, whole - 1);
    found.push({ ...logOf(world, logId, records, named.get(logId)), isTorn: whole < count });
  }
  return found.toSorted((a, b) => (a.logId < b.logId ? -1 : 1));
}

function logOf(
  world: SimulatedObjects,
  logId: LogId,
  records: readonly CommitRecord[],
  named: Named | undefined,
): Omit<LogFound, "isTorn"> {
  const isMain = logId === MAIN_LOG_ID;
  const landed = records.map((record) => ({
    record,
    sinceMs: since(world, slotKey(logId, record.address.slot)),
  }));
  const seal = landed.find(({ record }) => record.header.kind === "seal");
  const last = landed.at(-1);
  if (seal !== undefined && seal !== last) throw new Error(`commits come after the seal of log ${logId}`);
  return {
    logId,
    name: isMain ? "main" : (named?.name ?? null),
    namedMs: isMain ? 0 : (named?.sinceMs ?? Infinity),
    sealedMs: seal?.sinceMs ?? Infinity,
    fork: named?.fork ?? landed[0]?.record.header.parents[0] ?? null,
    commits: seal === undefined ? landed : landed.slice(0, -1),
    seal: seal?.record ?? null,
  };
}

/** The slots of a log before the first that is missing or damaged. */
async function wholeSlots(log: GraphLog, logId: LogId, count: number): Promise<number> {
  for (let slot = 0; slot < count; slot++) {
    try {
      await log.commits(logId, slot, slot);
    } catch (error) {
      if (isError(error, "log_torn") || isError(error, "log_corrupt")) return slot;
      throw error;
    }
  }
  return count;
}

/** The logs that have names, or had. */
function namesIn(world: SimulatedObjects): ReadonlyMap<LogId, Named> {
  const found = new Map<LogId, Named>();
  for (const key of world.keys()) {
    const name = recordOfKey(key)?.name;
    if (name === undefined) continue;
    const record = decodeRef(present(world.look(key), key), "read", key);
    if (record.kind !== "created") continue;
    if (found.has(record.logId)) throw new Error(`log ${record.logId} has two names`);
    found.set(record.logId, { name, fork: record.forkedFrom, sinceMs: since(world, key) });
  }
  return found;
}

/** The logs that have slots, and how many. */
function slotsIn(world: SimulatedObjects): Map<LogId, number> {
  const counts = new Map<LogId, number>();
  for (const key of world.keys()) {
    const text = /^__manifest\/log\/([0-9a-z]{9})[.-].*\.commit$/.exec(key)?.[1];
    if (text === undefined) continue;
    const logId = text.toUpperCase() as LogId; // Cast: it was read from a key.
    counts.set(logId, (counts.get(logId) ?? 0) + 1);
  }
  return counts;
}

function since(world: SimulatedObjects, key: string): number {
  return present(world.since(key), `object ${key}`);
}
