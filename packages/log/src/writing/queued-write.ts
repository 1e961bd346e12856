import { encodeRows } from "../commit/codec.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { Prepared, WriteRequest, WriteResult } from "./request.ts";

/** A request with the draft that it came to, and the draft's rows encoded, whatever the number of attempts to publish them. */
export interface Drafted<D extends CommitDraft = CommitDraft> {
  readonly kind: "draft";
  readonly request: WriteRequest<D>;
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  readonly draft: D;
  readonly segment: Uint8Array | null;
}

/**
 * How far the evaluation of a write has come. A draft holds at later heads too, as long as no commit between conflicts with it. That a write does nothing or
 * fails holds at one head only.
 */
type Evaluation<D extends CommitDraft> =
  | { readonly kind: "none" }
  | Drafted<D>
  /** The write does nothing, or fails: its answer once the head is confirmed. */
  | { readonly kind: "nothing"; readonly draft: D }
  | { readonly kind: "error"; readonly error: unknown };

const NOT_EVALUATED = { kind: "none" } as const;

/** What a header takes besides its texts and lists. */
const HEADER_BYTES = 1024;
/** What a count, a range or an id takes in a header. */
const ENTRY_BYTES = 96;
/** A text up to this length is counted as if each character were escaped. */
const SHORT = 64;

/** About how many bytes a write takes in an object, and no less: its rows, and its header. */
export function bytesOf({ request, draft, segment }: Drafted, head: CommitRecord): number {
  const { counts, tail } = head.header;
  let entries = counts.size + draft.counts.size + tail.length;
  for (const ids of draft.merge?.keptOurs.values() ?? []) entries += ids.length;
  const texts = jsonBytes(request.actor) + jsonBytes(request.message);
  return HEADER_BYTES + ENTRY_BYTES * entries + texts + (segment?.length ?? 0);
}

function jsonBytes(text: string | null): number {
  if (typeof text !== "string") return 0;
  return text.length <= SHORT ? 6 * text.length : Buffer.byteLength(JSON.stringify(text));
}

/** How a promise is answered. Methods, so that writes of any draft wait in one queue. */
interface Answer<D extends CommitDraft> {
  resolve(result: WriteResult<D>): void;
  reject(error: unknown): void;
}

/** A request in its writer's hands: waiting, then in a batch, then resolved. */
export class QueuedWrite<D extends CommitDraft = CommitDraft> {
  readonly request: WriteRequest<D>;
  readonly result: Promise<WriteResult<D>>;
  evaluation: Evaluation<D> = NOT_EVALUATED;
  /** Tried first, and once. Such a write is alone in its batch. */
  readonly prepared: Prepared<D> | null;
  preparedUsed = false;
  /** How often others came first. */
  losses = 0;
  /** It was answered, or failed. */
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

  /** Notes what the evaluation came to: a draft to publish, or nothing. The rows are encoded here, once for all attempts. */
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

  /** Answers a write that was published; null: it did nothing. */
  succeed(draft: D, commit: CommitRecord | null): void {
    this.resolved = true;
    this.#answer?.resolve({ draft, commit, repeated: false });
  }

  /** Answers with the commit that an earlier write under the same op made. */
  repeat(commit: CommitRecord): void {
    this.resolved = true;
    this.#answer?.resolve({ draft: null, commit, repeated: true });
  }

  fail(error: unknown): void {
    this.resolved = true;
    this.#answer?.reject(error);
  }
}
