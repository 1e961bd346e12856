import type { CommitId } from "@omnigraph/log";
import type { Request } from "./graph-model.ts";

/** A request as one client made it, and what it was told. */
export interface Attempt {
  readonly op: string;
  readonly request: Request;
  readonly ifCommit: string | null;
  readonly durable: boolean;
  /** Slot of the newest commit that was acknowledged to anyone when the request was made. */
  readonly acknowledgedBefore: number;
  /** Null while there is no answer, and for ever where the process ended. */
  answer: Answer | null;
}

export type Answer =
  | { readonly kind: "commit"; readonly id: CommitId; readonly slot: number; readonly repeated: boolean }
  | { readonly kind: "nothing"; readonly base: Base }
  /** Nothing was written: `base` where evaluation said so. */
  | { readonly kind: "refused"; readonly reason: string; readonly base: Base | null }
  /** It may have been written. */
  | { readonly kind: "unknown" };

/** What an evaluation read: a commit, or null where drafts that were not yet published came with it. */
export interface Base {
  readonly commit: CommitId | null;
  readonly slot: number;
}

/** What a reader saw. */
export interface Sight {
  readonly commit: CommitId;
  readonly op: string;
  readonly slot: number;
  readonly fingerprint: string;
  readonly acknowledgedBefore: number;
}

/** All that clients and readers of one run were told. */
export class History {
  readonly attempts: Attempt[] = [];
  readonly sights: Sight[] = [];
  acknowledged = 0;

  begin(attempt: Omit<Attempt, "answer" | "acknowledgedBefore">): Attempt {
    const begun: Attempt = { ...attempt, acknowledgedBefore: this.acknowledged, answer: null };
    this.attempts.push(begun);
    return begun;
  }

  answer(attempt: Attempt, answer: Answer): void {
    attempt.answer = answer;
    if (answer.kind === "commit") this.acknowledged = Math.max(this.acknowledged, answer.slot);
  }

  see(sight: Sight): void {
    this.sights.push(sight);
    // Who saw a commit may tell others of it.
    this.acknowledged = Math.max(this.acknowledged, sight.slot);
  }

  /** What was seen but not acknowledged as durable may be gone. */
  losePower(): void {
    this.acknowledged = 0;
    for (const { answer, durable } of this.attempts) {
      if (durable && answer?.kind === "commit") this.acknowledged = Math.max(this.acknowledged, answer.slot);
    }
  }
}
