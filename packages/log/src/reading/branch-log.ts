import type { ObjectStore } from "@omnigraph/storage";
import { type CommitAddress, logPrefix, slotKey, slotOfKey, SLOTS, type Tag } from "../address.ts";
import { type CommitObject, type CommitRecord, lastOf } from "../commit/header.ts";
import { corruptLog } from "../features.ts";
import type { CommitObjects } from "./commit-objects.ts";

/** Slots behind which a handle may be and still look for the head slot by slot. */
const NEAR = 64;

/** The log of one branch, and what this process knows of its head. */
export class BranchLog {
  readonly name: string;
  readonly tag: Tag;
  readonly #store: ObjectStore;
  readonly #objects: CommitObjects;
  #head: CommitObject | null = null;

  constructor(name: string, tag: Tag, store: ObjectStore, objects: CommitObjects) {
    this.name = name;
    this.tag = tag;
    this.#store = store;
    this.#objects = objects;
  }

  /** The newest commit as last seen, without looking; null before the first look. */
  get known(): CommitRecord | null {
    return this.#head === null ? null : lastOf(this.#head);
  }

  /** The newest object as last seen; as `known`. */
  get knownObject(): CommitObject | null {
    return this.#head;
  }

  /** The newest commit. One probe of the next slot when nothing came since the last look. */
  async head(signal?: AbortSignal): Promise<CommitRecord> {
    return lastOf(await this.headObject(signal));
  }

  /** The newest object; as `head`. */
  async headObject(signal?: AbortSignal): Promise<CommitObject> {
    let head = this.#head ?? (await this.#find(0, signal));
    const near = head.slot + NEAR;
    for (;;) {
      const after = await this.#objects.read(this.tag, head.slot + 1, signal);
      if (after === null) break;
      this.#objects.checkChain(head, after);
      head = after.slot < near ? after : await this.#find(after.slot, signal);
    }
    return this.landed(head);
  }

  /** Takes note of an object that is in its slot. Answers the newest known. */
  landed(object: CommitObject): CommitObject {
    if (this.#head === null || object.slot > this.#head.slot) this.#head = object;
    return this.#head;
  }

  /** The object of a slot at or below the head. Throws `log_torn` where it is missing. */
  expect(slot: number, signal?: AbortSignal): Promise<CommitObject> {
    return this.#objects.expect(this.tag, slot, signal);
  }

  /** The commits of this log after one address up to another, in order; both addresses are of this log. */
  async between(
    after: CommitAddress,
    upTo: CommitAddress,
    signal?: AbortSignal,
  ): Promise<readonly CommitRecord[]> {
    if (after.slot > upTo.slot || (after.slot === upTo.slot && after.index >= upTo.index)) return [];
    const range = { tag: this.tag, from: after.slot, fromIndex: 0, to: upTo.slot, toIndex: upTo.index };
    const records = await this.#objects.records(range, signal);
    // Reading from the slot of `after` verifies the chain from there on.
    return records.slice(after.index + 1);
  }

  /** The newest object at or after a slot that is taken: by a listing where the store lists in order, else by probing ever farther and then halving. */
  async #find(taken: number, signal?: AbortSignal): Promise<CommitObject> {
    const slot = this.#store.ordered ? await this.#newestListed() : await this.#newestProbed(taken);
    return this.expect(slot, signal);
  }

  async #newestListed(): Promise<number> {
    const [newest] = await this.#store.list(logPrefix(this.tag), { limit: 1 });
    if (newest === undefined) return 0;
    const slot = slotOfKey(this.tag, newest.key);
    return slot < 0 ? corruptLog(`${this.#store.uri}/${newest.key}`)("no slot has this name") : slot;
  }

  async #newestProbed(from: number): Promise<number> {
    const isTaken = (slot: number): Promise<boolean> => this.#store.exists(slotKey(this.tag, slot));
    let taken = from;
    let step = 1;
    while (taken + step < SLOTS && (await isTaken(taken + step))) {
      taken += step;
      step *= 2;
    }
    let free = Math.min(taken + step, SLOTS);
    while (free - taken > 1) {
      const middle = Math.floor((taken + free) / 2);
      if (await isTaken(middle)) taken = middle;
      else free = middle;
    }
    return taken;
  }
}
