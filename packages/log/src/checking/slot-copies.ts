import { type Environment, isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { type LogId, slotKey } from "../address.ts";
import { decodeObject, type ObjectReader } from "../commit/codec.ts";
import type { CommitObject } from "../commit/header.ts";
import { decodeBlock } from "../digest/block-format.ts";
import { blockKey, blockOf } from "../digest/blocks.ts";
import { type ObjectCopy, putBack } from "./put-back.ts";

/** A copy of the object of a slot, which is certainly the one that was there. */
interface SlotCopy extends ObjectCopy {
  /** Where it was found: in the digest of its block, or in a backup. */
  readonly source: "digest" | "backup";
}

/** Finds copies of objects whose slots are damaged or empty, and puts them back. */
export class SlotCopies {
  readonly #store: ObjectStore;
  readonly #backup: ObjectStore | null;
  readonly #reader: ObjectReader;

  /** `graph` is the id of the graph: a copy of another one is none. Null where that is not known: then only the chain of checksums tells. */
  constructor(store: ObjectStore, graph: string | null, backup: ObjectStore | null) {
    this.#store = store;
    this.#backup = backup;
    this.#reader = { access: "read", store: store.uri, graph };
  }

  /**
   * A copy that fits between its neighbours by the chain of checksums; null where there is none. At least one neighbour must be whole: nothing else proves that
   * the copy is the object that was acknowledged.
   */
  async find(logId: LogId, slot: number): Promise<SlotCopy | null> {
    const [before, after] = await Promise.all([this.#read(logId, slot - 1), this.#read(logId, slot + 1)]);
    const damaged = await this.#damaged(logId, slot);
    for (const source of ["digest", "backup"] as const) {
      const bytes = await (source === "digest" ? this.#inDigest(logId, slot) : this.#inBackup(logId, slot));
      const object = bytes === null ? null : this.#decoded(logId, slot, bytes);
      if (bytes !== null && object !== null && fits(object, before, after)) return { bytes, source, damaged };
    }
    return null;
  }

  /**
   * Puts a copy into its slot, in the place of what is damaged there; never over a commit that was made meanwhile. Errors: `read_set_conflict` where there is one,
   * `store_transient`.
   */
  async restore(logId: LogId, slot: number, copy: SlotCopy, environment: Environment): Promise<void> {
    const checksum = this.#decoded(logId, slot, copy.bytes)?.checksum;
    // A stub that cleanup has put is the same object.
    await putBack(
      this.#store,
      environment,
      slotKey(logId, slot),
      copy,
      (there) => this.#decoded(logId, slot, there)?.checksum === checksum,
    );
  }

  /** What is in a slot, if it is damaged, or of another graph. */
  async #damaged(logId: LogId, slot: number): Promise<Uint8Array | null> {
    const bytes = await this.#store.get(slotKey(logId, slot));
    try {
      if (bytes !== null) this.#decode(logId, slot, bytes);
      return null;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return cause.reason === "format_newer" ? null : bytes;
    }
  }

  async #inDigest(logId: LogId, slot: number): Promise<Uint8Array | null> {
    const key = blockKey(logId, blockOf(slot));
    const bytes = await this.#store.get(key);
    try {
      return bytes === null
        ? null
        : (decodeBlock(bytes, logId, blockOf(slot), key).get(slot)?.slice() ?? null);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return null;
    }
  }

  async #inBackup(logId: LogId, slot: number): Promise<Uint8Array | null> {
    return this.#backup === null ? null : this.#backup.get(slotKey(logId, slot));
  }

  /** The object of a slot; null where there is none that can be read. */
  async #read(logId: LogId, slot: number): Promise<CommitObject | null> {
    const bytes = slot < 0 ? null : await this.#store.get(slotKey(logId, slot));
    return bytes === null ? null : this.#decoded(logId, slot, bytes);
  }

  #decoded(logId: LogId, slot: number, bytes: Uint8Array): CommitObject | null {
    try {
      return this.#decode(logId, slot, bytes);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return null;
    }
  }

  #decode(logId: LogId, slot: number, bytes: Uint8Array): CommitObject {
    const object = decodeObject(bytes, logId, slot, this.#reader);
    for (const commit of object.commits) void commit.changes; // decodes the rows
    return object;
  }
}

function fits(copy: CommitObject, before: CommitObject | null, after: CommitObject | null): boolean {
  if (before === null && after === null) return false;
  const follows = before === null || copy.predecessor === before.checksum;
  return follows && (after === null || after.predecessor === copy.checksum);
}
