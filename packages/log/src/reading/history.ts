import { present } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { addressOf, type CommitAddress, type CommitId, type LogId } from "../address.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import { BLOCK_SLOTS, SPAN_SLOTS, spanOf } from "../digest/blocks.ts";
import { type Fingerprint, fingerprintOf } from "../digest/fingerprint.ts";
import type { SpanDigest } from "../digest/span-format.ts";
import type { Spans } from "./spans.ts";
import type { CommitObjects } from "./commit-objects.ts";
import { commitNotFound } from "./errors.ts";

/** Most slots that a search reads concurrently. */
const CONCURRENCY = 32;

/** An entity by its type and id. */
export interface EntityKey {
  readonly type: TypeId;
  readonly id: string;
}

/** Walks from commits to their first parents. */
export class History {
  readonly #uri: string;
  readonly #objects: CommitObjects;
  readonly #spans: Spans;
  readonly #onUndigested: (logId: LogId, span: number) => void;

  /** `onUndigested` is called for spans that a search read whole because they have no digest. */
  constructor(
    uri: string,
    objects: CommitObjects,
    spans: Spans,
    onUndigested: (logId: LogId, span: number) => void,
  ) {
    this.#uri = uri;
    this.#objects = objects;
    this.#spans = spans;
    this.#onUndigested = onUndigested;
  }

  /** A commit and its first parents, back to the genesis. */
  async *commits(from: CommitRecord, signal?: AbortSignal): AsyncGenerator<CommitRecord, void, undefined> {
    for (let at: CommitAddress | null = from.address; at !== null;) {
      let parent: CommitId | undefined;
      for await (const object of this.#backwards(at.logId, at.slot, 0, 1, signal)) {
        yield* upTo(object, at);
        parent = object.commits[0]?.header.parents[0];
      }
      at = parent === undefined ? null : await this.#addressOf(parent, signal);
    }
  }

  /** Those of `commits` that may have changed an entity: all that did, and perhaps some that did not. */
  async *touching(
    from: CommitRecord,
    { type, id }: EntityKey,
    signal?: AbortSignal,
  ): AsyncGenerator<CommitRecord, void, undefined> {
    const fingerprint = fingerprintOf(type, id);
    for (let at: CommitAddress | null = from.address; at !== null;) {
      let parent: CommitId | null = null;
      for (let span = spanOf(at.slot); span >= 0; span--) {
        const digest = await this.#spans.find(at.logId, span, signal);
        for await (const object of this.#within(at, span, digest, fingerprint, signal)) {
          yield* upTo(object, at);
          parent = object.commits[0]?.header.parents[0] ?? null;
        }
        if (digest !== null) parent = digest.parent;
      }
      at = parent === null ? null : await this.#addressOf(parent, signal);
    }
  }

  /** The objects of a span, up to an address, that may have changed an entity: all of them where there is no digest. */
  async *#within(
    { logId, slot }: CommitAddress,
    span: number,
    digest: SpanDigest | null,
    fingerprint: Fingerprint,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CommitObject, void, undefined> {
    if (digest !== null) {
      yield* this.#chosen(logId, digest.slotsTouching(fingerprint, slot), signal);
      return;
    }
    const first = span * SPAN_SLOTS;
    const last = first + SPAN_SLOTS - 1;
    yield* this.#backwards(logId, Math.min(slot, last), first, slot > last ? BLOCK_SLOTS : 1, signal);
    if (this.#spans.isFull(logId, span)) this.#onUndigested(logId, span);
  }

  /** The objects of a log from one slot down to another; the first read has `first` of them, later ones more, up to a block. */
  async *#backwards(
    logId: LogId,
    slot: number,
    least: number,
    first: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CommitObject, void, undefined> {
    for (let to = slot, count = first; to >= least; count *= 2) {
      const from = Math.max(least, this.#objects.startOf(logId, to, count));
      const objects = await this.#objects.range(logId, from, to, signal);
      yield* objects.toReversed();
      to = from - 1;
    }
  }

  /** The objects of some slots. */
  async *#chosen(
    logId: LogId,
    slots: readonly number[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CommitObject, void, undefined> {
    for (let i = 0, count = 1; i < slots.length; i += count, count = Math.min(2 * count, CONCURRENCY)) {
      const some = slots.slice(i, i + count);
      yield* await Promise.all(some.map((slot) => this.#objects.expect(logId, slot, signal)));
    }
  }

  /** The address of a commit of another log. Throws `commit_not_found`. */
  async #addressOf(id: CommitId, signal: AbortSignal | undefined): Promise<CommitAddress> {
    const address = present(addressOf(id), "address of a commit");
    const { commits } = await this.#objects.expect(address.logId, address.slot, signal);
    if (commits[address.index]?.header.id !== id) throw commitNotFound(this.#uri, id);
    return address;
  }
}

/** The commits of an object that are not after an address, the newest first. */
function upTo({ slot, commits }: CommitObject, at: CommitAddress): readonly CommitRecord[] {
  return (slot === at.slot ? commits.slice(0, at.index + 1) : commits).toReversed();
}
