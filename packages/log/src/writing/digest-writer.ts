import { type Clock, isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import type { EncodedObject } from "../commit/codec.ts";
import type { CommitObject } from "../commit/header.ts";
import type { CommitObjects, Undigested } from "../reading/commit-objects.ts";
import { SyncedSlots } from "./synced-slots.ts";
import { keysOf, unsynced } from "./unsynced.ts";
import { encodeBlock, isLeftOut } from "../digest/block-format.ts";
import { BLOCK_SLOTS, blockKey, blockOf, SPAN_SLOTS, spanKey, spanOf } from "../digest/blocks.ts";
import { SpanBuilder } from "../digest/span-builder.ts";
import { decodeSpan } from "../digest/span-format.ts";
import type { Spans } from "../reading/spans.ts";

const BLOCKS_OF_SPAN = SPAN_SLOTS / BLOCK_SLOTS;
/** Objects read at one time. */
const TOGETHER = 16;
/** Bytes of objects that are held until their digests are written; what is not held is read again. */
const HELD_BYTES = 16 << 20;
/** Full blocks that wait for their log to outlast power loss; older ones are left to their readers. */
const MOST_WAITING = 64;

/** Logs whose unfinished blocks are known. */
const MOST_LOGS = 1024;

/** What the writer of a log has put and not digested. */
interface Unfinished {
  block: number;
  held: EncodedObject[];
  /** Full blocks whose objects power loss may take. */
  waiting: { readonly block: number; readonly held: readonly EncodedObject[] }[];
}

/** Writes digests one after another in the background. A missing one is only slow, so nothing fails for want of one. */
export class DigestWriter {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #objects: CommitObjects;
  readonly #spans: Spans;
  readonly #logs = new Map<LogId, Unfinished>();
  readonly #queued = new Set<string>();
  /** Slots up to this one outlast power loss, as far as is known. */
  readonly #synced = new SyncedSlots();
  #heldBytes = 0;
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  /** What nobody expects to fail, and nobody waits for: told when closing. */
  readonly #faults: unknown[] = [];

  constructor(store: ObjectStore, clock: Clock, objects: CommitObjects, spans: Spans) {
    this.#store = store;
    this.#clock = clock;
    this.#objects = objects;
    this.#spans = spans;
  }

  /** Takes note of an object that this process has put into its slot. A durable one outlasts power loss, and so does all before it. */
  landed(encoded: EncodedObject): void {
    const { logId, slot, durability } = encoded.object;
    const block = blockOf(slot);
    const log = this.#logs.get(logId) ?? { block, held: [], waiting: [] };
    this.#keep(logId, log);
    if (log.block !== block) {
      this.#release(log.held);
      log.held = [];
      log.block = block;
    }
    for (const held of this.#hold([encoded])) log.held.push(held);
    if ((slot + 1) % BLOCK_SLOTS === 0) {
      log.waiting.push({ block, held: log.held });
      log.held = [];
      while (log.waiting.length > MOST_WAITING) this.#release(log.waiting.shift()?.held ?? []);
    }
    if (durability !== "durable") return;
    this.#synced.note(logId, slot);
    for (const each of log.waiting) this.#writeLanded(logId, each.block, each.held);
    log.waiting = [];
  }

  /** Writes the digest of a block that a reader missed. */
  missed({ logId, block, read }: Undigested): void {
    const held = this.#hold(read);
    this.#enqueue(blockKey(logId, block), "reader", () => this.#writeBlock(logId, block, held), held);
  }

  /** Writes the digest of a span that a reader missed. */
  missedSpan(logId: LogId, span: number): void {
    this.#enqueue(spanKey(logId, span), "reader", () => this.#writeSpan(logId, span));
  }

  /** Finishes what commits of this process made due, and gives up what readers missed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    if (this.#faults.length > 0) throw this.#faults[0];
  }

  /** Keeps what is unfinished of the logs written last; what is forgotten is read again, by whoever finds the digest missing. */
  #keep(logId: LogId, log: Unfinished): void {
    this.#logs.delete(logId);
    this.#logs.set(logId, log);
    for (const [oldest, { held, waiting }] of this.#logs) {
      if (this.#logs.size <= MOST_LOGS) break;
      this.#logs.delete(oldest);
      this.#release(held);
      for (const each of waiting) this.#release(each.held);
    }
  }

  #writeLanded(logId: LogId, block: number, held: readonly EncodedObject[]): void {
    this.#enqueue(blockKey(logId, block), "commit", () => this.#writeBlock(logId, block, held), held);
    if ((block + 1) % BLOCKS_OF_SPAN !== 0) return;
    const span = spanOf(block * BLOCK_SLOTS);
    this.#enqueue(spanKey(logId, span), "commit", () => this.#writeSpan(logId, span));
  }

  #enqueue(
    key: string,
    due: "commit" | "reader",
    write: () => Promise<void>,
    held: readonly EncodedObject[] = [],
  ): void {
    if (this.#closed || this.#queued.has(key)) return this.#release(held);
    this.#queued.add(key);
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#closed || due === "commit") await write();
      } catch (cause) {
        // A store that fails, a log that is damaged: whoever reads the slots will hear of it, where it matters.
        if (!isError(cause)) this.#faults.push(cause);
      } finally {
        this.#queued.delete(key);
        this.#release(held);
      }
    });
  }

  async #writeBlock(logId: LogId, block: number, held: readonly EncodedObject[]): Promise<void> {
    await this.#clock.sleep(0); // after the answers to those who wait for the commit
    const first = block * BLOCK_SLOTS;
    const bySlot = new Map(held.map((each) => [each.object.slot, each]));
    const objects: EncodedObject[] = [];
    for (let from = 0; from < BLOCK_SLOTS; from += TOGETHER) {
      const slots = Array.from({ length: TOGETHER }, (_, i) => first + from + i);
      const some = slots.map(async (slot) => bySlot.get(slot) ?? this.#objects.encoded(logId, slot));
      for (const object of await Promise.all(some)) objects.push(object);
    }
    for (const [i, { object }] of objects.entries()) {
      const before = objects[i - 1];
      if (before !== undefined) this.#objects.checkChain(before.object, object);
      if (i === BLOCK_SLOTS - 1) await this.#sync(object);
    }
    const bytes = encodeBlock(
      logId,
      block,
      objects.map((each) => each.bytes),
    );
    await this.#put(blockKey(logId, block), bytes);
    this.#objects.blocks.written(logId, block);
  }

  async #writeSpan(logId: LogId, span: number): Promise<void> {
    const builder = new SpanBuilder(logId, span);
    for (let at = span * SPAN_SLOTS; at < (span + 1) * SPAN_SLOTS; at += BLOCK_SLOTS) {
      await this.#clock.sleep(0); // others have their turn between blocks
      const objects = await this.#objects.range(logId, at, at + BLOCK_SLOTS - 1);
      for (const object of objects) builder.add(object);
      const last = objects.at(-1);
      if (last !== undefined) await this.#sync(last);
    }
    const bytes = builder.encode();
    decodeSpan(bytes, logId, span, spanKey(logId, span)); // in the background a millisecond is nobody's
    await this.#put(spanKey(logId, span), bytes);
    this.#spans.digests.written(logId, span);
  }

  /** Makes an object outlast power loss, and all before it: else a digest of them could show what is not there. */
  async #sync(object: CommitObject): Promise<void> {
    const loose = await unsynced(this.#objects, object, this.#synced.upTo(object.logId));
    if (loose.length > 0) await this.#store.sync(keysOf(loose));
    this.#synced.note(object.logId, object.slot);
  }

  async #put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#store.put(key, bytes, "relaxed");
    // Else the next durable put would do it, and somebody wait for that.
    await this.#store.sync([key]);
  }

  /** Those of some objects for which there is room. */
  #hold(objects: readonly EncodedObject[]): EncodedObject[] {
    return objects.filter((each) => {
      const { length } = each.bytes;
      if (isLeftOut(each.bytes) || this.#heldBytes + length > HELD_BYTES) return false;
      this.#heldBytes += length;
      return true;
    });
  }

  #release(objects: readonly EncodedObject[]): void {
    for (const { bytes } of objects) this.#heldBytes -= bytes.length;
  }
}
