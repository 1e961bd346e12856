import { isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import { checksumOf } from "../commit/codec.ts";
import type { CommitObject } from "../commit/header.ts";
import { decodeBlock, isLeftOut } from "../digest/block-format.ts";
import { BLOCK_SLOTS, blockKey, blockOf, SPAN_SLOTS, spanKey, spanOf } from "../digest/blocks.ts";
import { SpanBuilder } from "../digest/span-builder.ts";
import { type LogFinding, NOBODY } from "./finding.ts";

interface Held {
  readonly bytes: Uint8Array;
  readonly checksum: string;
  readonly isStub: boolean;
}

/** Compares the digests of a log with the objects that they summarise, which it is given one after another from slot 0. */
export class DigestCheck {
  readonly #store: ObjectStore;
  readonly #logId: LogId;
  /** The objects of the block so far; null for those that could not be read. */
  #block: (Held | null)[] = [];
  /** Null after a slot of the span that could not be read. */
  #span: SpanBuilder | null = null;

  constructor(store: ObjectStore, logId: LogId) {
    this.#store = store;
    this.#logId = logId;
  }

  /** Takes the object of a slot. Answers what is wrong with the digests that end with it. */
  async add(object: CommitObject, bytes: Uint8Array): Promise<readonly LogFinding[]> {
    const { slot } = object;
    const isStub = object.checksum !== checksumOf(bytes);
    if (slot % SPAN_SLOTS === 0) this.#span = new SpanBuilder(this.#logId, spanOf(slot));
    // A digest that was made before the stub tells which entities its commits changed.
    if (isStub) this.#span = null;
    this.#addToSpan(object);
    return this.#end(slot, { bytes, checksum: object.checksum, isStub });
  }

  /** As `add`, of a slot that could not be read. */
  async skip(slot: number): Promise<readonly LogFinding[]> {
    this.#span = null;
    return this.#end(slot, null);
  }

  async #end(slot: number, held: Held | null): Promise<readonly LogFinding[]> {
    if (slot % BLOCK_SLOTS === 0) this.#block = [];
    this.#block.push(held);
    const findings: (LogFinding | null)[] = [];
    if ((slot + 1) % BLOCK_SLOTS === 0) findings.push(await this.#checkBlock(blockOf(slot)));
    if ((slot + 1) % SPAN_SLOTS === 0 && this.#span !== null)
      findings.push(await this.#checkSpan(spanOf(slot), this.#span));
    return findings.filter((finding) => finding !== null);
  }

  #addToSpan(object: CommitObject): void {
    try {
      this.#span?.add(object);
    } catch (cause) {
      // The commits themselves are found to be wrong elsewhere.
      if (!isError(cause)) throw cause;
      this.#span = null;
    }
  }

  async #checkBlock(block: number): Promise<LogFinding | null> {
    const key = blockKey(this.#logId, block);
    const bytes = await this.#store.get(key);
    if (bytes === null) return null;
    try {
      const digest = decodeBlock(bytes, this.#logId, block, key);
      const differs = this.#block.findIndex(
        (held, i) => held !== null && !isCopy(digest.get(block * BLOCK_SLOTS + i), held),
      );
      return differs < 0
        ? null
        : damaged(key, `it holds something else than slot ${block * BLOCK_SLOTS + differs}`);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return damaged(key, cause.message);
    }
  }

  /** Equal spans have equal digests. */
  async #checkSpan(span: number, builder: SpanBuilder): Promise<LogFinding | null> {
    const key = spanKey(this.#logId, span);
    const bytes = await this.#store.get(key);
    if (bytes === null || Buffer.compare(bytes, builder.encode()) === 0) return null;
    return damaged(key, "it is not the digest of the objects in the slots");
  }
}

/** Whether a digest may have this of an object. It may still have what a stub stands for. */
function isCopy(copy: Uint8Array | undefined, { bytes, checksum, isStub }: Held): boolean {
  if (copy === undefined) return isStub || isLeftOut(bytes);
  return Buffer.compare(copy, bytes) === 0 || (isStub && checksumOf(copy) === checksum);
}

function damaged(key: string, problem: string): LogFinding {
  return { kind: "digest_damaged", key, problem, subject: NOBODY };
}
