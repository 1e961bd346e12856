import { encodeRows } from "../commit/codec.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { Prepared, WriteRequest, WriteResult } from "./request.ts";

/** A request with its draft and the draft's encoded rows, which are encoded once for all attempts to publish them. */
export interface Drafted<D extends CommitDraft = CommitDraft> {
  readonly kind: "draft";
  readonly request: WriteRequest<D>;
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  readonly draft: D;
  readonly segment: Uint8Array | null;
}

/**
 * How far the evaluation of a write has come. A draft stays valid at later heads as long as no commit in between conflicts with it. That a write does nothing
 * or fails is true of one head only.
 */
type Evaluation<D extends CommitDraft> =
  | { readonly kind: "none" }
  | Drafted<D>
  /** The write does nothing, or fails. That is its answer once the head is confirmed. */
  | { readonly kind: "nothing"; readonly draft: D }
  | { readonly kind: "error"; readonly error: unknown };

const NOT_EVALUATED = { kind: "none" } as const;

/** Bytes of a header besides its texts and lists. */
const HEADER_BYTES = 1024;
/** Bytes of a count, a range or a list in a header. */
const ENTRY_BYTES = 96;
/** A text up to this length is counted as if each character were escaped. */
const SHORT = 64;

/** An upper bound, and a close one, of the bytes that a write takes in an object: its rows and its header. */
export function bytesOf({ request, draft, segment }: Drafted, head: CommitRecord): number {
  const { counts, tail } = head.header;
  const entries = counts.size + draft.counts.size + tail.length + (draft.merge?.keptOurs.size ?? 0);
  let texts = jsonBytes(request.actor) + jsonBytes(request.message);
  // Ids are as long as the keys that they are made of.
  for (const ids of draft.merge?.keptOurs.values() ?? []) for (const id of ids) texts += jsonBytes(id);
  return HEADER_BYTES + ENTRY_BYTES * entries + texts + (segment?.length ?? 0);
}

function jsonBytes(text: string | null): number {
  if (typeof text !== "string") return 0;
  return text.length <= SHORT ? 6 * text.length + 3 : Buffer.byteLength(JSON.stringify(text)) + 1;
}

/** The two ends of a promise. Methods, not functions as members: so the compiler lets writes with any kind of draft wait in one queue. */
interface Answer<D extends CommitDraft> {
  resolve(result: WriteResult<D>): void;
  reject(error: unknown): void;
}

/** A request in the writer's queue: waiting, then in a batch, then resolved. */
export class QueuedWrite<D extends CommitDraft = CommitDraft> {
  readonly request: WriteRequest<D>;
  readonly result: Promise<WriteResult<D>>;
  evaluation: Evaluation<D> = NOT_EVALUATED;
  /** Tried first, and only once. A write that has one is alone in its batch. */
  readonly prepared: Prepared<D> | null;
  preparedUsed = false;
  /** How many times another commit took the slot first. */
  losses = 0;
  /** Whether it was answered or failed. */
  resolved = false;
  readonly #authoredAt: number;
  #answer: Answer<D> | null = null;

  /** `authoredAt` in microseconds since the epoch. */
  constructor(request: WriteRequest<D>, prepared: Prepared<D> | null, authoredAt: number) {
    this.request = request;
    this.prepared = prepared;
    this.#authoredAt = authoredAt;
    this.result = new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }

  /** Records the outcome of the evaluation: a draft to publish, or that there is nothing to do. The rows are encoded here, once for all attempts. */
  take(draft: D): void {
    const { request } = this;
    const authoredAt = this.#authoredAt;
    this.evaluation = draft.commits
      ? { kind: "draft", request, authoredAt, draft, segment: encodeRows(draft.changes) }
      : { kind: "nothing", draft };
  }

  /** Forgets the evaluation, so that it is done again. */
  reset(): void {
    this.evaluation = NOT_EVALUATED;
  }

  /** Answers a write with its commit; null if it did nothing. */
  succeed(draft: D, commit: CommitRecord | null): void {
    this.resolved = true;
    this.#answer?.resolve({ draft, commit, repeated: false });
  }

  /** Answers a write with the commit of an earlier write under the same op. */
  repeat(commit: CommitRecord): void {
    this.resolved = true;
    this.#answer?.resolve({ draft: null, commit, repeated: true });
  }

  fail(error: unknown): void {
    this.resolved = true;
    this.#answer?.reject(error);
  }
}
