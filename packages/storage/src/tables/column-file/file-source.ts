import { lru } from "@omnigraph/base";
import { isRemote, type ObjectStore } from "../../objects/store.ts";

/** From a remote store so much of the beginning of a file is read at once: a request takes longer than that many bytes. Small files are then in memory. */
const BEGINNING_BYTES = 256 << 10;
/** Bytes of all beginnings that are kept. */
const KEPT_BYTES = 8 << 20;

/** What column files are read from: a store, and if it is not on this machine the beginnings of the files that were read last. The files never change. */
export class FileSource {
  readonly store: ObjectStore;
  /** Whether a request takes much longer than some bytes more, so that what is asked for later is read ahead. */
  readonly isRemote: boolean;
  readonly #beginnings = lru<Uint8Array>(KEPT_BYTES, ({ length }) => Math.max(1, length));

  constructor(store: ObjectStore) {
    this.store = store;
    this.isRemote = isRemote(store);
  }

  /** As `ObjectStore.range` from an offset of at least 0. */
  async range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    if (!this.isRemote) return this.store.range(key, offset, length, signal);
    const held = this.#beginnings.get(key);
    if (held !== undefined && (offset + length <= held.length || held.length < BEGINNING_BYTES))
      return own(held, offset, length);
    if (offset > 0 || length > BEGINNING_BYTES) return this.store.range(key, offset, length, signal);
    const beginning = await this.store.range(key, 0, BEGINNING_BYTES, signal);
    if (beginning === null) return null;
    this.#beginnings.set(key, beginning);
    return own(beginning, offset, length);
  }

  /** Forgets what was read of a file, which is damaged, or was when it was read. */
  forget(key: string): void {
    this.#beginnings.delete(key);
  }
}

/** A copy: else what is kept of a file would be as large as its beginning. */
function own(bytes: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(offset, offset + length));
}
