import type { ChangeSet, Durability } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";

/** What a caller asks of a branch, and how that is evaluated: the same for small and large writes, merges and reverts. */
export interface WriteRequest<D extends CommitDraft = CommitDraft> {
  readonly kind: CommitKind;
  /** ULID: the identity of the write across retries. */
  readonly op: string;
  /**
   * Hash of the request, hex, if the client chose the op: then a commit with that op within the last `LIMITS.idempotencyWindow` slots is the answer of this
   * write. Null for an op that was just generated.
   */
  readonly content: string | null;
  readonly actor: string | null;
  readonly message: string | null;
  /** The commit that the branch must still be at, apart from maintenance; null: any. */
  readonly ifCommit: string | null;
  readonly durability: Durability;
  /** When the write was first submitted, in microseconds since the epoch. Absent: now. */
  readonly authoredAt?: number;
  /** Set where another process publishes what the write's own had staged. */
  readonly recovered?: boolean;
  /**
   * Evaluates the write on a base. Called again whenever what it read may have changed, so it must have no visible effect: it may sync, and stage tables that
   * no commit names yet. What it throws is the answer of the write, once the base is known to be the head.
   */
  evaluate(base: WriteBase): D | Promise<D>;
  /** The changes of a commit that does not contain all of its rows; null if they cannot be determined: then it conflicts with every draft. */
  rowsOf(theirs: CommitRecord): Promise<ChangeSet | null>;
  /** Cancels the write while it waits for its turn. */
  readonly signal?: AbortSignal | undefined;
}

/** The state that a write is evaluated on: the snapshot at a commit, with the drafts that will be published before this write on top, in order. */
export interface WriteBase {
  readonly head: CommitRecord;
  readonly pending: readonly CommitDraft[];
}

/** A draft that was evaluated, and staged, before its request was submitted. */
export interface Prepared<D extends CommitDraft = CommitDraft> {
  /** The commit that it was evaluated on. */
  readonly base: CommitRecord;
  readonly draft: D;
}

/** The outcome of a write. */
export interface WriteResult<D extends CommitDraft = CommitDraft> {
  /** What was evaluated; null if an earlier write under the same op is the answer. */
  readonly draft: D | null;
  /** Null when the write did nothing. */
  readonly commit: CommitRecord | null;
  /** The op was in the log already: `commit` is the earlier one. */
  readonly repeated: boolean;
}
