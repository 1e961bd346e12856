import type { TypeId } from "@omnigraph/language";
import type { Durability } from "@omnigraph/storage";
import type { Changes, CommitKind, CommitRecord, Kept } from "../commit/header.ts";

/** What a write was evaluated to: everything that its commit needs, with no effect so far. */
export interface Draft {
  readonly kind: CommitKind;
  readonly changes: Changes;
  /** How the live rows of each type change; a type that gains its first row must be in it. */
  readonly counts: ReadonlyMap<TypeId, number>;
  /** Hash of a new schema, whose object was put; null keeps the schema. */
  readonly schema: string | null;
  /** Set for a merge: its second parent, and what of that side's changes the result did not take. A fast forward changes nothing else. */
  readonly merge?: { readonly theirs: CommitRecord; readonly kept: Kept };
  /** Whether a commit did something to what this draft read or wrote. Asked for every commit that came first. */
  conflictsWith(theirs: CommitRecord): boolean | Promise<boolean>;
  /** What becomes of the write on a conflict: evaluated again on the new head, or refused with `read_set_conflict`. */
  readonly onConflict: "evaluate_again" | "conflict";
}

/** What a write is evaluated upon: the snapshot at a commit, and after it the rows of drafts that will be published before it, in order. */
export interface WriteBase {
  readonly head: CommitRecord;
  readonly pending: readonly Draft[];
}

/** One write of a branch. */
export interface Write {
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
   * Reads the base and says what the write does there; null: nothing. Called again whenever what it read may have changed, so it must have no effect. What it
   * throws is the write's answer, once the base is known to be the head.
   */
  evaluate(base: WriteBase): Draft | null | Promise<Draft | null>;
  /** Set for a draft that was evaluated, and staged, before it was submitted: it is tried first. Such a write is never evaluated upon pending drafts. */
  readonly prepared?: { readonly base: CommitRecord; readonly draft: Draft };
  /** Takes the write back while it waits for its turn. */
  readonly signal?: AbortSignal;
}

/** What became of a write. */
export interface WriteResult {
  /** Null when the write did nothing. */
  readonly commit: CommitRecord | null;
  /** The op was in the log already: `commit` is that of the first time. */
  readonly repeated: boolean;
}
