import { isError, LIMITS, OmnigraphError, lru } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { addressOf, type CommitId, slotKey, type LogId } from "../address.ts";
import { decodeObject, type EncodedObject, type ObjectReader } from "../commit/codec.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import { Continuity } from "../continuity.ts";
import { type BlockDigest, decodeBlock } from "../digest/block-format.ts";
import { BLOCK_SLOTS, blockKey, blockOf } from "../digest/blocks.ts";
import { DigestReader } from "../digest/digest-reader.ts";
import { corruptLog, MISSING_REMEDY } from "../features.ts";
import type { GraphFormat } from "../format-object.ts";
import type { SlotRange } from "../layout/ranges.ts";

/** Blocks of a range that are read at one time. */
const CONCURRENT_BLOCKS = 4;
/** Most logs of which the greatest known taken slot is remembered. Forgetting one is safe. */
const MAX_LOGS = 1 << 16;
/** Up to this many objects of a block are read one by one, without its digest. */
const FEW = 4;

/** Some slots of a block, in order. */
interface Part {
  readonly logId: LogId;
  readonly from: number;
  readonly to: number;
}

/** A full block without a digest, and the objects that were read from its slots instead. */
export interface Undigested {
  readonly logId: LogId;
  readonly block: number;
  readonly read: readonly EncodedObject[];
}

/** The objects of all logs of a graph, with a cache of decoded ones of up to `LIMITS.commitCacheBytes`, counted by their stored size. */
export class CommitObjects {
  /** The digests of blocks. */
  readonly blocks: DigestReader<BlockDigest>;
  /** Checks that the store still holds this graph. */
  readonly continuity: Continuity;
  readonly #store: ObjectStore;
  readonly #reader: ObjectReader;
  readonly #onUndigested: (found: Undigested) => void;
  /** By log and slot. */
  readonly #cache = lru<CommitObject>(LIMITS.commitCacheBytes.value, ({ size }) => size);
  /** By log its greatest slot that is known to be taken. */
  readonly #taken = lru<number>(MAX_LOGS);

  constructor(
    store: ObjectStore,
    format: GraphFormat,
    access: "read" | "write",
    onUndigested: (found: Undigested) => void = () => undefined,
  ) {
    this.#store = store;
    this.#reader = { access, store: store.uri, graph: format.graph };
    this.continuity = new Continuity(store, format, this.#reader);
    this.#onUndigested = onUndigested;
    this.blocks = new DigestReader(blockKey, (logId, block) => this.#readBlock(logId, block));
  }

  /** The object of a slot if it is in memory. */
  cached(logId: LogId, slot: number): CommitObject | null {
    return this.#cache.get(nameOf(logId, slot)) ?? null;
  }

  /** The object of a slot, or null where there is none. Throws `log_corrupt`, `format_newer`, `graph_replaced`. */
  async read(logId: LogId, slot: number, signal?: AbortSignal): Promise<CommitObject | null> {
    const cached = this.cached(logId, slot);
    if (cached !== null) return cached;
    const fetched = await this.#fetch(logId, slot, signal);
    if (fetched !== null) this.keep(fetched.object);
    return fetched?.object ?? null;
  }

  /** The object of a slot at or below the head. Throws `log_torn` where it is missing. */
  async expect(logId: LogId, slot: number, signal?: AbortSignal): Promise<CommitObject> {
    return (await this.read(logId, slot, signal)) ?? this.#missing(logId, slot);
  }

  /** Decodes the bytes of a slot. */
  decode(logId: LogId, slot: number, bytes: Uint8Array): CommitObject {
    const object = this.#decoded(logId, slot, bytes);
    this.keep(object);
    return object;
  }

  /** Caches an object that is known to be in its slot. */
  keep(object: CommitObject): void {
    this.#cache.set(nameOf(object.logId, object.slot), object);
    this.noteTaken(object.logId, object.slot);
    for (const { header } of object.commits) {
      if (object.slot > 0 && header.parents.length < 2) continue;
      // Parents in other logs, at fork points and merges, show that those slots are taken.
      for (const id of header.parents) this.noteCommit(id);
    }
  }

  /** Whether every slot up to one is known to be taken. */
  isTaken(logId: LogId, slot: number): boolean {
    return slot <= (this.#taken.get(logId) ?? -1);
  }

  /** Remembers that a slot is taken, and so are all before it, because an object in the store says so. */
  noteTaken(logId: LogId, slot: number): void {
    if (!this.isTaken(logId, slot)) this.#taken.set(logId, slot);
  }

  /** Remembers that the slot of a commit is taken. */
  noteCommit(id: CommitId): void {
    const address = addressOf(id);
    if (address !== null) this.noteTaken(address.logId, address.slot);
  }

  /** Whether the store has a readable digest of a block. */
  async hasDigest(logId: LogId, block: number): Promise<boolean> {
    try {
      return (await this.#readBlock(logId, block)) !== null;
    } catch (cause) {
      if (isError(cause, "object_corrupt")) return false;
      throw cause;
    }
  }

  /** The first slot for a read of about `count` slots that ends with slot `to`: within its block, and at the start of the block if it may have a digest. */
  startOf(logId: LogId, to: number, count: number): number {
    const first = blockOf(to) * BLOCK_SLOTS;
    if (count >= FEW && this.isTaken(logId, first + BLOCK_SLOTS - 1)) return first;
    return Math.max(first, to - count + 1);
  }

  /** An object with its bytes, read from its slot and not cached. Throws `log_torn` where it is missing. */
  async encoded(logId: LogId, slot: number): Promise<EncodedObject> {
    return (await this.#fetch(logId, slot)) ?? this.#missing(logId, slot);
  }

  /**
   * The objects of slots `from` to `to` of a log, at or below its head, in order. Uses digests of blocks where they save reads. The last object is read
   * from its slot (or the one after it is cached), and by the chain of checksums it verifies all others. Throws `log_torn` where a slot is missing or
   * does not follow the one before it.
   */
  async range(
    logId: LogId,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly CommitObject[]> {
    this.noteTaken(logId, to);
    const after = this.cached(logId, to + 1);
    const last = after === null ? await this.expect(logId, to, signal) : null;
    const { objects: found, digests } = await this.#gather(logId, from, to, signal);
    const objects = last === null ? found : [...found.slice(0, -1), last];
    const chain = after === null ? objects : [...objects, after];
    if (digests.length > 0 && !isChain(chain)) {
      for (const block of digests) this.blocks.noteAbsent(logId, block);
      return this.range(logId, from, to, signal);
    }
    this.#checkChain(chain);
    for (const object of objects) this.keep(object);
    return objects;
  }

  /** The commits of a range in order. Throws as `range`. */
  async records(range: SlotRange, signal?: AbortSignal): Promise<readonly CommitRecord[]> {
    const objects = await this.range(range.logId, range.from, range.to, signal);
    return objects.flatMap((object) => this.#within(object, range));
  }

  /** Checks that one object directly follows another in the chain of checksums. Throws `log_torn`. */
  checkChain(before: CommitObject, after: CommitObject): void {
    if (after.predecessor === before.checksum) return;
    throw this.#torn(
      after.logId,
      after.slot,
      "was put after another object than the one that is in the slot before it",
    );
  }

  /** The objects of a range, and the blocks of which some objects come from digests. */
  async #gather(
    logId: LogId,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly objects: readonly CommitObject[]; readonly digests: readonly number[] }> {
    const parts: Part[] = [];
    for (let at = from; at <= to; at = (blockOf(at) + 1) * BLOCK_SLOTS)
      parts.push({ logId, from: at, to: Math.min(to, (blockOf(at) + 1) * BLOCK_SLOTS - 1) });
    const objects: CommitObject[] = [];
    const digests: number[] = [];
    for (let i = 0; i < parts.length; i += CONCURRENT_BLOCKS) {
      const together = parts.slice(i, i + CONCURRENT_BLOCKS);
      for (const read of await Promise.all(together.map((part) => this.#part(part, signal)))) {
        for (const object of read.objects) objects.push(object);
        if (read.digest !== null) digests.push(read.digest);
      }
    }
    return { objects, digests };
  }

  /** The objects of some slots of a block: from the cache, else from the digest, else from the slots. */
  async #part(
    { logId, from, to }: Part,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly objects: readonly CommitObject[]; readonly digest: number | null }> {
    const found = Array.from({ length: to - from + 1 }, (_, i) => this.cached(logId, from + i));
    const block = blockOf(from);
    const isWorth = found.filter((object) => object === null).length >= FEW;
    const mayBe = isWorth && this.isTaken(logId, (block + 1) * BLOCK_SLOTS - 1);
    const digest = mayBe ? await this.blocks.read(logId, block) : null;
    signal?.throwIfAborted();
    const read: EncodedObject[] = [];
    const objects = await Promise.all(
      found.map(async (cached, i) => {
        const slot = from + i;
        const there = cached ?? (digest === null ? null : this.#fromDigest(logId, slot, digest));
        if (there !== null) return there;
        const fetched = (await this.#fetch(logId, slot, signal)) ?? this.#missing(logId, slot);
        read.push(fetched);
        return fetched.object;
      }),
    );
    if (mayBe && digest === null && 2 * read.length > BLOCK_SLOTS) this.#onUndigested({ logId, block, read });
    return { objects, digest: digest === null ? null : block };
  }

  /** The object of a slot from a digest; null where it is damaged. */
  #fromDigest(logId: LogId, slot: number, digest: BlockDigest): CommitObject | null {
    // A copy: else one cached object would keep the memory of its whole block.
    const bytes = digest.get(slot)?.slice();
    if (bytes === undefined) return null;
    try {
      return this.#decoded(logId, slot, bytes);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      // Damaged in the digest alone, or in the slot too: reading the slot tells.
      return null;
    }
  }

  async #fetch(logId: LogId, slot: number, signal?: AbortSignal): Promise<EncodedObject | null> {
    const bytes = await this.#store.get(slotKey(logId, slot), signal);
    return bytes === null ? null : { object: this.#decoded(logId, slot, bytes), bytes };
  }

  #decoded(logId: LogId, slot: number, bytes: Uint8Array): CommitObject {
    return decodeObject(bytes, logId, slot, this.#reader);
  }

  async #readBlock(logId: LogId, block: number): Promise<BlockDigest | null> {
    const key = blockKey(logId, block);
    const bytes = await this.#store.get(key);
    return bytes === null ? null : decodeBlock(bytes, logId, block, placeOf(this.#store, key));
  }

  #checkChain(objects: readonly CommitObject[]): void {
    for (const [i, after] of objects.entries()) {
      const before = objects[i - 1];
      if (before !== undefined) this.checkChain(before, after);
    }
  }

  #within(object: CommitObject, range: SlotRange): readonly CommitRecord[] {
    const { slot, commits } = object;
    if (slot !== range.from && slot !== range.to) return commits;
    const end = slot === range.to ? range.toIndex + 1 : commits.length;
    if (end > commits.length)
      corruptLog(placeOf(this.#store, slotKey(range.logId, slot)))(`it holds no commit ${end - 1}`);
    return commits.slice(slot === range.from ? range.fromIndex : 0, end);
  }

  #missing(logId: LogId, slot: number): never {
    throw this.#torn(logId, slot, "is missing, and commits after it were made");
  }

  #torn(logId: LogId, slot: number, what: string): OmnigraphError {
    const place = placeOf(this.#store, slotKey(logId, slot));
    return new OmnigraphError("log_torn", `${place} ${what}; ${MISSING_REMEDY}`, {
      details: { place, incarnation: logId, slot },
    });
  }
}

function isChain(objects: readonly CommitObject[]): boolean {
  return objects.every((after, i) => {
    const before = objects[i - 1];
    return before === undefined || after.predecessor === before.checksum;
  });
}

function nameOf(logId: LogId, slot: number): string {
  return `${logId}${slot}`;
}
