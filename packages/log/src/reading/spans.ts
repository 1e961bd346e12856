import { lru } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import type { CommitObjects } from "./commit-objects.ts";
import { SPAN_SLOTS, spanKey } from "../digest/blocks.ts";
import { DigestReader } from "../digest/digest-reader.ts";
import { decodeSpan, type SpanDigest } from "../digest/span-format.ts";

/** Most cached digests. One of 4096 small commits takes about 150 KB. */
const MAX_CACHED = 16;

/** The digests of the spans of all logs of a graph, with a cache. */
export class Spans {
  readonly digests: DigestReader<SpanDigest>;
  readonly #store: ObjectStore;
  readonly #objects: CommitObjects;
  /** By key. */
  readonly #cache = lru<SpanDigest>(MAX_CACHED);

  constructor(store: ObjectStore, objects: CommitObjects) {
    this.#store = store;
    this.#objects = objects;
    this.digests = new DigestReader(spanKey, (logId, span) => this.#load(logId, span));
  }

  /** The digest of a span if it is cached. */
  cached(logId: LogId, span: number): SpanDigest | null {
    return this.#cache.get(spanKey(logId, span)) ?? null;
  }

  /** The digest of a span; null where there is none, or the span is not known to be full. */
  async find(logId: LogId, span: number, signal?: AbortSignal): Promise<SpanDigest | null> {
    const cached = this.cached(logId, span);
    if (cached !== null) return cached;
    if (!this.isFull(logId, span)) return null;
    const found = await this.digests.read(logId, span);
    signal?.throwIfAborted();
    return found;
  }

  /** Whether all slots of a span are known to be taken. */
  isFull(logId: LogId, span: number): boolean {
    return this.#objects.isTaken(logId, lastOf(span));
  }

  async #load(logId: LogId, span: number): Promise<SpanDigest | null> {
    const key = spanKey(logId, span);
    const bytes = await this.#store.get(key);
    if (bytes === null) return null;
    const digest = decodeSpan(bytes, logId, span, placeOf(this.#store, key));
    // The checksum of the object in the last slot covers all before it, and so the digest made of them.
    const last = await this.#objects.read(logId, lastOf(span));
    if (last?.checksum !== digest.checksum) return null;
    this.#cache.set(key, digest);
    return digest;
  }
}

function lastOf(span: number): number {
  return (span + 1) * SPAN_SLOTS - 1;
}
