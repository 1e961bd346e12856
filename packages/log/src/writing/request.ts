import type { ChangeSet, Durability } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";

/** What a caller asks of a branch, and how that is evaluated: the same for small and large writes, merges and reverts. */
export interface WriteRequest<D extends CommitDraft = CommitDraft> {
  readonly kind: CommitKind;
  /** ULID: the identity of the write across retries. */
  readonly op: string;
  /**
   * Digest of what is asked, hex, when the client chose the op: then a commit of that op within `LIMITS.idempotencyWindow` slots answers for this write.
   * Null for an op that was just minted.
   */
  readonly content: string | null;
  readonly actor: string | null;
  readonly message: string | null;
  /** The commit that the branch must still be at, apart from maintenance; null: any. */
  readonly ifCommit: string | null;
  readonly durability: Durability;
  /**
   * Reads the base and says what the write does there. Called again whenever what it read may have changed, so it must have no effect that anybody sees: it
   * may sync, and stage tables that nobody names yet. What it throws is the write's answer, once the base is known to be the head.
   */
  evaluate(base: WriteBase): D | Promise<D>;
  /** What a commit changed that does not carry all of its rows; null where that cannot be told: then it conflicts with every draft. */
  rowsOf(theirs: CommitRecord): Promise<ChangeSet | null>;
  /** Takes the write back while it waits for its turn. */
  readonly signal?: AbortSignal;
}

/** What a write is evaluated upon: the snapshot at a commit, and after it the rows of drafts that will be published before it, in order. */
export interface WriteBase {
  readonly head: CommitRecord;
  readonly pending: readonly CommitDraft[];
}

/** A draft that was evaluated, and staged, before its request was submitted. */
export interface Prepared<D extends CommitDraft = CommitDraft> {
  /** The commit that it was evaluated upon. */
  readonly base: CommitRecord;
  readonly draft: D;
}

/** What became of a write. */
export interface WriteResult<D extends CommitDraft = CommitDraft> {
  /** What was published, or found to be nothing; null where an earlier write under the same op answered. */
  readonly draft: D | null;
  /** Null when the write did nothing. */
  readonly commit: CommitRecord | null;
  /** The op was in the log already: `commit` is that of the first time. */
  readonly repeated: boolean;
}
