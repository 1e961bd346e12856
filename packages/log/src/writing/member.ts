import { encodeRows } from "../commit/codec.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { CommitDelta } from "../commit/next.ts";
import type { Draft, Write, WriteResult } from "./write.ts";

/** How far the evaluation of a write has come. A draft or an answer holds for one head only. */
export type Evaluation =
  | { readonly kind: "none" }
  | { readonly kind: "draft"; readonly draft: Draft; readonly segment: Uint8Array | null }
  /** The write did nothing, or failed: its answer once the head is confirmed. */
  | { readonly kind: "nothing" }
  | { readonly kind: "error"; readonly error: unknown };

export const NOT_EVALUATED: Evaluation = { kind: "none" };

export function drafted(draft: Draft): Evaluation {
  return { kind: "draft", draft, segment: encodeRows(draft.changes) };
}

/** What a header takes besides its texts and lists. */
const HEADER_BYTES = 1024;
/** What a count, a range or an id takes in a header. */
const ENTRY_BYTES = 96;
/** A text up to this length is counted as if each character were escaped. */
const SHORT = 64;

/** About how many bytes a write takes in an object, and no less: its rows, and its header. */
export function bytesOf(
  { actor, message }: Pick<Write, "actor" | "message">,
  { draft, segment }: Extract<Evaluation, { readonly kind: "draft" }>,
  head: CommitRecord,
): number {
  const { counts, tail } = head.header;
  let entries = counts.size + draft.counts.size + tail.length;
  for (const ids of draft.merge?.kept.values() ?? []) entries += ids.length;
  const texts = jsonBytes(actor) + jsonBytes(message);
  return HEADER_BYTES + ENTRY_BYTES * entries + texts + (segment?.length ?? 0);
}

function jsonBytes(text: string | null): number {
  if (typeof text !== "string") return 0;
  return text.length <= SHORT ? 6 * text.length : Buffer.byteLength(JSON.stringify(text));
}

/** A write on its way: waiting, then a member of a batch, then resolved. */
export class Member {
  readonly write: Write;
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  readonly result: Promise<WriteResult>;
  evaluation: Evaluation = NOT_EVALUATED;
  /** How often others came first. */
  attempts = 0;
  /** The prepared draft of the write was used. */
  preparedUsed = false;
  /** Its write was answered, or failed. */
  resolved = false;
  #resolve: (result: WriteResult) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(write: Write, authoredAt: number) {
    this.write = write;
    this.authoredAt = authoredAt;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  answer(result: WriteResult): void {
    this.resolved = true;
    this.#resolve(result);
  }

  fail(error: unknown): void {
    this.resolved = true;
    this.#reject(error);
  }

  /** What its commit adds to the one before it. */
  delta(draft: Draft): Omit<CommitDelta, "merge"> {
    const { op, content, actor, message } = this.write;
    const { kind, schema, counts, changes } = draft;
    return { op, content, kind, actor, message, authoredAt: this.authoredAt, schema, counts, changes };
  }
}
