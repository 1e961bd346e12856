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
const CONCURRENCY = 16;
/** Most bytes of objects that are buffered until their digests are written; objects beyond that are read again. */
const MAX_BUFFERED_BYTES = 16 << 20;
/** Most full blocks per log that wait until they are durable; the digests of older ones are written by readers. */
const MAX_WAITING = 64;

/** Most logs whose unfinished blocks are remembered. */
const MAX_LOGS = 1024;

/** Objects that the writer of a log has put and that are in no digest yet. */
interface Unfinished {
  block: number;
  buffered: EncodedObject[];
  /** Full blocks that are not durable yet. */
  waiting: { readonly block: number; readonly buffered: readonly EncodedObject[] }[];
}

/** Writes digests one after another in the background. A missing digest only makes reads slower, so failures to write one are ignored. */
export class DigestWriter {
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #objects: CommitObjects;
  readonly #spans: Spans;
  /** Least recently used first. Not an `lru`: when a log is dropped, its buffered bytes must be subtracted from the total. */
  readonly #logs = new Map<LogId, Unfinished>();
  readonly #queued = new Set<string>();
  /** For each log, the slots that are known to be durable. */
  readonly #synced = new SyncedSlots();
  #bufferedBytes = 0;
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  /** Unexpected errors of background work; thrown by `close`. */
  readonly #faults: unknown[] = [];

  constructor(store: ObjectStore, clock: Clock, objects: CommitObjects, spans: Spans) {
    this.#store = store;
    this.#clock = clock;
    this.#objects = objects;
    this.#spans = spans;
  }

  /** Called for each object that this process has put into its slot. If it is durable, so is everything before it. */
  notePut(encoded: EncodedObject): void {
    const { logId, slot, durability } = encoded.object;
    const block = blockOf(slot);
    const log = this.#logs.get(logId) ?? { block, buffered: [], waiting: [] };
    this.#keep(logId, log);
    if (log.block !== block) {
      this.#release(log.buffered);
      log.buffered = [];
      log.block = block;
    }
    for (const buffered of this.#buffer([encoded])) log.buffered.push(buffered);
    if ((slot + 1) % BLOCK_SLOTS === 0) {
      log.waiting.push({ block, buffered: log.buffered });
      log.buffered = [];
      while (log.waiting.length > MAX_WAITING) this.#release(log.waiting.shift()?.buffered ?? []);
    }
    if (durability !== "durable") return;
    this.#synced.note(logId, slot);
    for (const each of log.waiting) this.#writeOwn(logId, each.block, each.buffered);
    log.waiting = [];
  }

  /** Writes the digest of a block that a reader missed. */
  missed({ logId, block, read }: Undigested): void {
    const buffered = this.#buffer(read);
    this.#enqueue(blockKey(logId, block), "reader", () => this.#writeBlock(logId, block, buffered), buffered);
  }

  /** Writes the digest of a span that a reader missed. */
  missedSpan(logId: LogId, span: number): void {
    this.#enqueue(spanKey(logId, span), "reader", () => this.#writeSpan(logId, span));
  }

  /** Finishes the digests of blocks that this process has filled, and drops those that readers asked for. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    if (this.#faults.length > 0) throw this.#faults[0];
  }

  /** Remembers the unfinished blocks of recently written logs. The digest of a forgotten block is written by a reader that misses it. */
  #keep(logId: LogId, log: Unfinished): void {
    this.#logs.delete(logId);
    this.#logs.set(logId, log);
    for (const [oldest, { buffered, waiting }] of this.#logs) {
      if (this.#logs.size <= MAX_LOGS) break;
      this.#logs.delete(oldest);
      this.#release(buffered);
      for (const each of waiting) this.#release(each.buffered);
    }
  }

  #writeOwn(logId: LogId, block: number, buffered: readonly EncodedObject[]): void {
    this.#enqueue(blockKey(logId, block), "commit", () => this.#writeBlock(logId, block, buffered), buffered);
    if ((block + 1) % BLOCKS_OF_SPAN !== 0) return;
    const span = spanOf(block * BLOCK_SLOTS);
    this.#enqueue(spanKey(logId, span), "commit", () => this.#writeSpan(logId, span));
  }

  #enqueue(
    key: string,
    due: "commit" | "reader",
    write: () => Promise<void>,
    buffered: readonly EncodedObject[] = [],
  ): void {
    if (this.#closed || this.#queued.has(key)) return this.#release(buffered);
    this.#queued.add(key);
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#closed || due === "commit") await write();
      } catch (cause) {
        // Failures of the store and damage of the log are reported to readers of the slots.
        if (!isError(cause)) this.#faults.push(cause);
      } finally {
        this.#queued.delete(key);
        this.#release(buffered);
      }
    });
  }

  async #writeBlock(logId: LogId, block: number, buffered: readonly EncodedObject[]): Promise<void> {
    await this.#clock.sleep(0); // so that callers who wait for the commit are answered first
    const first = block * BLOCK_SLOTS;
    const bySlot = new Map(buffered.map((each) => [each.object.slot, each]));
    const objects: EncodedObject[] = [];
    for (let from = 0; from < BLOCK_SLOTS; from += CONCURRENCY) {
      const slots = Array.from({ length: CONCURRENCY }, (_, i) => first + from + i);
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
      await this.#clock.sleep(0); // so that other work runs between blocks
      const objects = await this.#objects.range(logId, at, at + BLOCK_SLOTS - 1);
      for (const object of objects) builder.add(object);
      const last = objects.at(-1);
      if (last !== undefined) await this.#sync(last);
    }
    const bytes = builder.encode();
    decodeSpan(bytes, logId, span, spanKey(logId, span)); // checks what will be put; in the background nobody waits for it
    await this.#put(spanKey(logId, span), bytes);
    this.#spans.digests.written(logId, span);
  }

  /** Makes an object and all before it durable: otherwise power loss could lose objects that a digest still shows. */
  async #sync(object: CommitObject): Promise<void> {
    const pending = await unsynced(this.#objects, object, this.#synced.upTo(object.logId));
    if (pending.length > 0) await this.#store.sync(keysOf(pending));
    this.#synced.note(object.logId, object.slot);
  }

  async #put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#store.put(key, bytes, "relaxed");
    // Otherwise the next durable put would sync it, and its caller would wait for that.
    await this.#store.sync([key]);
  }

  /** Buffers objects as long as there is room; returns the buffered ones. */
  #buffer(objects: readonly EncodedObject[]): EncodedObject[] {
    return objects.filter((each) => {
      const { length } = each.bytes;
      if (isLeftOut(each.bytes) || this.#bufferedBytes + length > MAX_BUFFERED_BYTES) return false;
      this.#bufferedBytes += length;
      return true;
    });
  }

  #release(objects: readonly EncodedObject[]): void {
    for (const { bytes } of objects) this.#bufferedBytes -= bytes.length;
  }
}
