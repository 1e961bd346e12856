import { LIMITS, present } from "@omnigraph/base";
import { encodeContainer } from "@omnigraph/storage";
import type { CommitId, LogId } from "../address.ts";
import type { CommitHeader, CommitKind, CommitObject, CommitRecord } from "../commit/header.ts";
import { corruptLog, NO_NEEDS } from "../features.ts";
import { SPAN_SLOTS } from "./blocks.ts";
import { fingerprintsOf } from "./fingerprint.ts";

export const SPAN_MAGIC = "OGD1";
/** More than any index of a sorted array: the index is the lower part of a sort key that is one double. */
const INDEXES = 2 ** 20;

/** Gathers the digest of a span from its objects, in order. */
export class SpanBuilder {
  readonly #logId: LogId;
  readonly #first: number;
  /** Commits of each slot. */
  readonly #counts: number[] = [];
  readonly #created: number[] = [];
  readonly #leads: number[] = [];
  readonly #kinds: number[] = [];
  readonly #kindNames: CommitKind[] = [];
  readonly #merging: number[] = [];
  readonly #merged: CommitId[] = [];
  readonly #uppers: number[] = [];
  readonly #lowers: number[] = [];
  readonly #ordinals: number[] = [];
  readonly #opaque: number[] = [];
  #start: CommitHeader | null = null;
  #last: CommitHeader | null = null;
  #checksum = "";

  constructor(logId: LogId, span: number) {
    this.#logId = logId;
    this.#first = span * SPAN_SLOTS;
  }

  /** Throws `log_corrupt` for a commit that is not the child of the one before it. */
  add(object: CommitObject): void {
    for (const commit of object.commits) this.#commit(commit);
    this.#counts.push(object.commits.length);
    this.#checksum = object.checksum;
  }

  /** The bytes of the digest, once all objects were added. */
  encode(): Uint8Array {
    const start = present(this.#start, "commit of a span");
    const header = {
      needs: NO_NEEDS,
      incarnation: this.#logId,
      first: this.#first,
      checksum: this.#checksum,
      parent: start.parents[0] ?? null,
      depth: start.depth,
      kinds: this.#kindNames,
    };
    const { uppers, lowers, ordinals } = this.#sorted();
    return encodeContainer(SPAN_MAGIC, header, [
      Uint8Array.from(this.#counts),
      bytesOf(Float64Array.from(this.#created)),
      bytesOf(Uint32Array.from(this.#leads)),
      Uint8Array.from(this.#kinds),
      bytesOf(Uint32Array.from(this.#merging)),
      Buffer.from(this.#merged.join(""), "latin1"),
      bytesOf(uppers),
      bytesOf(lowers),
      bytesOf(ordinals),
      bytesOf(Uint32Array.from(this.#opaque)),
    ]);
  }

  #commit({ header, changes }: CommitRecord): void {
    const ordinal = this.#created.length;
    const [first, second] = header.parents;
    const before = this.#last;
    // The digest stores neither, because both follow from the commit before.
    if (before !== null && (first !== before.id || header.depth !== before.depth + 1))
      corruptLog(header.id)(`it is not the child of ${before.id}, which is before it`);
    this.#start ??= header;
    this.#last = header;
    this.#created.push(header.createdAt);
    this.#leads.push(header.generation - header.depth);
    this.#kinds.push(this.#kindOf(header.kind));
    if (second !== undefined) {
      this.#merging.push(ordinal);
      this.#merged.push(second);
    }
    const fingerprints = fingerprintsOf(changes);
    const room = LIMITS.digestFingerprints.value - this.#ordinals.length;
    const most = Math.min(LIMITS.digestCommitFingerprints.value, room);
    if (fingerprints === null || fingerprints.length > most) {
      this.#opaque.push(ordinal);
      return;
    }
    for (const { lower, upper } of fingerprints) {
      this.#lowers.push(lower);
      this.#uppers.push(upper);
      this.#ordinals.push(ordinal);
    }
  }

  #kindOf(kind: CommitKind): number {
    const known = this.#kindNames.indexOf(kind);
    return known >= 0 ? known : this.#kindNames.push(kind) - 1;
  }

  /** Fingerprints in order of their upper words, then of their commits: one double holds upper word and index, and sorts natively. */
  #sorted(): { uppers: Uint32Array; lowers: Uint32Array; ordinals: Uint32Array } {
    const keys = Float64Array.from(this.#uppers, (upper, i) => upper * INDEXES + i).toSorted();
    const order = Uint32Array.from(keys, (key) => key % INDEXES);
    const inOrder = (values: readonly number[]): Uint32Array => order.map((i) => values[i] ?? 0);
    return {
      uppers: inOrder(this.#uppers),
      lowers: inOrder(this.#lowers),
      ordinals: inOrder(this.#ordinals),
    };
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
