import { present } from "@omnigraph/base";
import { checkKey, compareKeys } from "../../../packages/storage/src/objects/keys.ts";
import type { Durability, ObjectInfo, PutOutcome } from "@omnigraph/storage";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedTime } from "./time.ts";

/** An object as everyone sees it. */
interface Held {
  readonly bytes: Uint8Array;
  /** What was put there first, before anything replaced it. */
  readonly first: Uint8Array;
  readonly version: string;
  readonly modifiedMs: number;
  /** Milliseconds of virtual time at which the object came to be there, whatever replaced it since. */
  readonly sinceMs: number;
  /** Whether its bytes outlast power loss; its name does only once it is in the durable map. */
  readonly bytesSynced: boolean;
}

/** What a simulated disk holds: what all see, and what outlasts power loss. */
export class SimulatedHoldings {
  /** Tells it from other roots of the same store. */
  readonly id: number;
  readonly #time: SimulatedTime;
  readonly #live = new Map<string, Held>();
  readonly #durable = new Map<string, Held>();
  /** Keys that the two may differ in. */
  readonly #unsynced = new Set<string>();
  #sorted: readonly string[] | null = null;
  readonly #folderOf: (key: string) => string;
  #puts = 0;

  /** `apart`: each name is in a folder of its own. */
  constructor(id: number, time: SimulatedTime, apart: boolean) {
    this.id = id;
    this.#time = time;
    this.#folderOf = apart ? (key) => key : folderOf;
  }

  /** Takes all that another root holds. */
  fill(other: SimulatedHoldings): void {
    for (const [key, held] of other.#live) this.#live.set(key, held);
    for (const [key, held] of other.#durable) this.#durable.set(key, held);
    for (const key of other.#unsynced) this.#unsynced.add(key);
    this.#sorted = null;
  }

  get isEmpty(): boolean {
    return this.#live.size === 0;
  }

  /** What was not synced is lost or kept at random, object by object, and an object put relaxed may be torn. */
  losePower(random: SeededRandom): void {
    for (const key of [...this.#unsynced].toSorted(compareKeys)) {
      const kept = this.#durable.get(key);
      const seen = this.#live.get(key);
      if (kept === seen) continue;
      const survivor = random.chance(0.5) ? seen : kept;
      if (survivor === undefined) this.#live.delete(key);
      else this.#live.set(key, outlasting(survivor, random));
      this.#syncName(key);
    }
    this.#unsynced.clear();
    this.#sorted = null;
  }

  look(key: string): Uint8Array | null {
    return this.#live.get(key)?.bytes ?? null;
  }

  /** As `look`, before anything replaced it: a commit as it was before cleanup made a stub of it. */
  firstAt(key: string): Uint8Array | null {
    return this.#live.get(key)?.first ?? null;
  }

  /** In order. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#live.keys()].toSorted(compareKeys);
    return this.#sorted;
  }

  damage(key: string, bytes: Uint8Array): void {
    const held = { ...present(this.#live.get(key), `simulated object ${key}`), bytes, first: bytes };
    this.#live.set(key, held);
    this.#durable.set(key, held);
  }

  lose(key: string): void {
    this.#live.delete(key);
    this.#durable.delete(key);
    this.#sorted = null;
  }

  /** Milliseconds of virtual time since which there is an object at a key; null where there is none. */
  since(key: string): number | null {
    return this.#live.get(key)?.sinceMs ?? null;
  }

  versionOf(key: string): string | null {
    return this.#live.get(key)?.version ?? null;
  }

  hold(key: string, bytes: Uint8Array, durability: Durability): string {
    const version = String(++this.#puts);
    const modifiedMs = Math.floor(this.#time.wallMs);
    const { first = bytes, sinceMs = this.#time.nowMs } = this.#live.get(key) ?? {};
    if (!this.#live.has(key)) this.#sorted = null;
    const bytesSynced = durability === "durable";
    this.#live.set(key, { bytes, first, version, modifiedMs, sinceMs, bytesSynced });
    this.#unsynced.add(key);
    return version;
  }

  holdIfAbsent(key: string, bytes: Uint8Array, durability: Durability): PutOutcome {
    if (this.#live.has(key)) return "exists";
    this.hold(key, bytes, durability);
    return "stored";
  }

  holdIfMatch(key: string, bytes: Uint8Array, version: string | null): string | null {
    return this.versionOf(key) === version ? this.hold(key, bytes, "durable") : null;
  }

  /** Syncs the bytes of these objects, then the names in their folders: what is there whole, and what was removed there, is so for good. */
  sync(keys: Iterable<string>): void {
    const folders = new Set<string>();
    for (const key of keys) {
      const held = this.#live.get(key);
      if (held === undefined) continue;
      if (!held.bytesSynced) this.#live.set(key, { ...held, bytesSynced: true });
      folders.add(this.#folderOf(key));
    }
    for (const key of this.#unsynced) {
      if (!folders.has(this.#folderOf(key)) || this.#live.get(key)?.bytesSynced === false) continue;
      this.#syncName(key);
      this.#unsynced.delete(key);
    }
  }

  drop(key: string): void {
    if (!this.#live.delete(key)) return;
    this.#sorted = null;
    this.#unsynced.add(key);
  }

  entries(prefix: string, after: string | null, limit: number): readonly ObjectInfo[] {
    const found: ObjectInfo[] = [];
    for (const key of this.keys()) {
      if (found.length >= limit) break;
      const held = this.#live.get(key);
      if (held === undefined || !key.startsWith(prefix)) continue;
      if (after !== null && compareKeys(key, after) <= 0) continue;
      found.push({ key, size: held.bytes.length, modifiedMs: held.modifiedMs });
    }
    return found;
  }

  #syncName(key: string): void {
    const held = this.#live.get(key);
    if (held === undefined) this.#durable.delete(key);
    else this.#durable.set(key, held);
  }
}

/** Bytes that were never synced may be torn. */
function outlasting(held: Held, random: SeededRandom): Held {
  const { bytes, first } = held;
  if (held.bytesSynced || random.chance(0.75)) return { ...held, bytesSynced: true };
  const torn = bytes.subarray(0, random.integer(bytes.length + 1));
  return { ...held, bytes: torn, first: first === bytes ? torn : first, bytesSynced: true };
}

function folderOf(key: string): string {
  checkKey(key);
  return key.slice(0, key.lastIndexOf("/") + 1);
}
