import { LIMITS, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { slotKey, type Tag } from "../address.ts";
import { decodeObject } from "../commit/codec.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import { corruptLog } from "../features.ts";
import type { SlotRange } from "../layout/ranges.ts";

/** Slots of a range that are read at one time. */
const TOGETHER = 32;

/** The objects of all logs of a graph, the recently used ones kept decoded up to `LIMITS.commitCacheBytes` of their size. */
export class CommitObjects {
  readonly #store: ObjectStore;
  readonly #access: "read" | "write";
  /** By log and slot, the least recently used first. */
  readonly #kept = new Map<string, CommitObject>();
  #keptBytes = 0;

  constructor(store: ObjectStore, access: "read" | "write") {
    this.#store = store;
    this.#access = access;
  }

  /** The object of a slot, or null where there is none. Throws `log_corrupt`, `format_newer`. */
  async read(tag: Tag, slot: number, signal?: AbortSignal): Promise<CommitObject | null> {
    const name = nameOf(tag, slot);
    const kept = this.#kept.get(name);
    if (kept !== undefined) {
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return kept;
    }
    const bytes = await this.#store.get(slotKey(tag, slot), signal);
    return bytes === null ? null : this.decode(tag, slot, bytes);
  }

  /** The object of a slot at or below the head. Throws `log_torn` where it is missing. */
  async expect(tag: Tag, slot: number, signal?: AbortSignal): Promise<CommitObject> {
    const object = await this.read(tag, slot, signal);
    if (object === null) throw this.#torn(tag, slot, "is missing below the head");
    return object;
  }

  /** The object that these bytes of a slot are. */
  decode(tag: Tag, slot: number, bytes: Uint8Array): CommitObject {
    const object = decodeObject(bytes, tag, slot, this.#access, this.#store.uri);
    this.keep(object);
    return object;
  }

  /** Keeps an object that is known to be in its slot. */
  keep(object: CommitObject): void {
    const name = nameOf(object.tag, object.slot);
    const before = this.#kept.get(name);
    if (before !== undefined) this.#drop(name, before);
    this.#kept.set(name, object);
    this.#keptBytes += object.size;
    for (const [oldest, kept] of this.#kept) {
      if (this.#keptBytes <= LIMITS.commitCacheBytes.value || oldest === name) break;
      this.#drop(oldest, kept);
    }
  }

  /** The commits of a range in order. Throws `log_torn` where a slot is missing or does not follow the one before it. */
  async records(range: SlotRange, signal?: AbortSignal): Promise<readonly CommitRecord[]> {
    const records: CommitRecord[] = [];
    let before: CommitObject | null = null;
    for (let from = range.from; from <= range.to; from += TOGETHER) {
      const count = Math.min(TOGETHER, range.to - from + 1);
      const slots = Array.from({ length: count }, (_, i) => from + i);
      const objects = await Promise.all(slots.map((slot) => this.expect(range.tag, slot, signal)));
      for (const object of objects) {
        if (before !== null) this.checkChain(before, object);
        before = object;
        for (const record of this.#within(object, range)) records.push(record);
      }
    }
    return records;
  }

  /** Checks that one object was put right after another. Throws `log_torn`. */
  checkChain(before: CommitObject, after: CommitObject): void {
    if (after.predecessor === before.checksum) return;
    throw this.#torn(
      after.tag,
      after.slot,
      "was put after another object than the one that is in the slot before it",
    );
  }

  #within(object: CommitObject, range: SlotRange): readonly CommitRecord[] {
    const { slot, commits } = object;
    if (slot !== range.from && slot !== range.to) return commits;
    const end = slot === range.to ? range.toIndex + 1 : commits.length;
    if (end > commits.length)
      corruptLog(`${this.#store.uri}/${slotKey(range.tag, slot)}`)(`it holds no commit ${end - 1}`);
    return commits.slice(slot === range.from ? range.fromIndex : 0, end);
  }

  #drop(name: string, object: CommitObject): void {
    this.#kept.delete(name);
    this.#keptBytes -= object.size;
  }

  #torn(tag: Tag, slot: number, what: string): OmnigraphError {
    const place = `${this.#store.uri}/${slotKey(tag, slot)}`;
    return new OmnigraphError("log_torn", `${place} ${what}; restore the log from a backup, or repair it`, {
      details: { place, incarnation: tag, slot },
    });
  }
}

function nameOf(tag: Tag, slot: number): string {
  return `${tag}${slot}`;
}
