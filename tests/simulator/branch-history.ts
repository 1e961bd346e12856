import type { CommitId, CommitRecord, LogId } from "@omnigraph/log";
import type { Request } from "./graph-model.ts";
import type { Side } from "./merge-model.ts";

/** What a call asks for on a branch. Ops are those of a write, of a load's first commit, of a merge or of the seal. */
export type BranchAction =
  | { readonly kind: "create" | "read"; readonly name: string }
  | { readonly kind: "write" | "load"; readonly name: string; readonly op: string; readonly request: Request }
  /** `merged`: the commit that the branch must still be at, because only that far it was merged; null: any. */
  | {
      readonly kind: "delete";
      readonly name: string;
      readonly op: string;
      readonly merged: CommitId | null;
    }
  | {
      readonly kind: "merge";
      readonly name: string;
      readonly op: string;
      readonly source: string;
      readonly side: Side;
    }
  | {
      readonly kind: "revert";
      readonly name: string;
      readonly op: string;
      readonly commit: CommitId;
      readonly side: Side;
    };

/**
 * A commit that somebody was told of. Its op tells it from another one of the same id: power loss may take a commit that was not acknowledged, and where
 * clocks are behind, the next one in its slot gets the same time.
 */
export interface Named {
  readonly id: CommitId;
  readonly op: string;
}

export function nameOf({ header: { id, op } }: CommitRecord): Named {
  return { id, op };
}

/** The heads upon which a merge or a revert was evaluated last; a revert has no `theirs`. */
export interface Evaluated {
  readonly logId: LogId;
  readonly ours: Named;
  readonly theirs: Named | null;
  /** Theirs descends from ours. */
  readonly forward: boolean;
}

/** What one client was told of one call on a branch. Moments are counted over all processes, in the order in which they happened. */
export interface BranchCall {
  readonly action: BranchAction;
  readonly begun: number;
  /** Null while there is no answer, and for ever where the process ended. */
  answer: BranchAnswer | null;
  ended: number;
  /** Of merges and reverts, newest last. */
  readonly evaluated: Evaluated[];
}

export type BranchAnswer =
  /** It came to this: the branch's log, the commit that was made or read (null where there is none), and of a read what the graph was. */
  | {
      readonly kind: "done";
      readonly logId: LogId;
      readonly commit: Named | null;
      readonly seen: string | null;
      /** A commit that was made by an earlier call of the same op. */
      readonly repeated: boolean;
    }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown" };

/** All that the clients of one run were told. */
export class BranchHistory {
  readonly calls: BranchCall[] = [];
  /** When the last power loss was; -1: there was none. */
  poweredAt = -1;
  #moment = 0;

  begin(action: BranchAction): BranchCall {
    const begun = { action, begun: this.#moment++, answer: null, ended: Infinity, evaluated: [] };
    this.calls.push(begun);
    return begun;
  }

  end(call: BranchCall, answer: BranchAnswer): void {
    call.answer = answer;
    call.ended = this.#moment++;
  }

  /** What was seen before, and not acknowledged, may be gone. */
  losePower(): void {
    this.poweredAt = this.#moment++;
  }
}

/** The op of an action, where it has one. */
export function opOf(action: BranchAction): string | null {
  return "op" in action ? action.op : null;
}
