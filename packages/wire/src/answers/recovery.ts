import type { CommitKind } from "../shapes.generated.ts";

/** A write that was interrupted, or is at work in another process: an entry of `__recovery/`. */
export interface RecoveryEntry {
  /** Identifies the attempt; of something else that lies there, its name. */
  readonly id: string;
  /** What it is: a write; what is left of one; or something that nobody can read. */
  readonly state: "write" | "leftover" | "unreadable";
  /** The write; null where nobody can read it. */
  readonly write: InterruptedWrite | null;
  /** Keys of its objects; `show` has those of what was staged too. */
  readonly objects: readonly string[];
  /** Bytes of these objects. */
  readonly bytes: number;
  /** Why it cannot be read; null where it can be. */
  readonly problem: string | null;
}

/** What a write had said of itself before it staged anything. */
export interface InterruptedWrite {
  /** Identity of the write across retries. */
  readonly op: string;
  /** Kind of the commit that it would make. */
  readonly kind: CommitKind;
  /** Name of its branch. */
  readonly branch: string;
  /** Whether it makes that branch: the branch is there once the write is. */
  readonly makesBranch: boolean;
  /** Id of the commit that it was evaluated on. */
  readonly base: string;
  /** Its author. */
  readonly actor: string | null;
  /** Why it was made. */
  readonly message: string | null;
  /** When it began, microseconds since the epoch. */
  readonly authoredAt: number;
  /** Whether everything is staged, so that others can publish it. */
  readonly isComplete: boolean;
  /** The process that made it; null where that is not known. */
  readonly owner: { readonly host: string; readonly pid: number } | null;
  /** Whether that process is known to be gone. It may be gone all the same where this is false. */
  readonly isOrphaned: boolean;
}

/** What became of an interrupted write. */
export interface RecoveryOutcome {
  /** Id of the entry. */
  readonly id: string;
  /** The write; null where nobody could read it. */
  readonly write: InterruptedWrite | null;
  /**
   * `published`: its commit is there, with the branch that it makes. `given_up`: a commit says so, and what was staged is gone; without a commit where the branch that it
   * was to make cannot be made. `branch_deleted`: it went with its branch. `removed`: the objects
   * of the entry are gone, and nothing else. `failed`: it is as it was, see `problem`.
   */
  readonly outcome: "published" | "given_up" | "branch_deleted" | "removed" | "failed";
  /** Id of the commit that decided it; null where there is none. */
  readonly commit: string | null;
  /** Why it could not be settled; null where it was. */
  readonly problem: string | null;
}
