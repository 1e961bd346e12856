import type { CommitId, Tag } from "@omnigraph/log";
import type { Request } from "./graph-model.ts";

/** What one client was told of one call on a branch. Moments are counted over all processes, in the order in which they happened. */
export interface BranchCall {
  readonly kind: "create" | "write" | "load" | "delete" | "read";
  readonly name: string;
  /** Of a write, a load's first commit, or a deletion. */
  readonly op: string | null;
  readonly request: Request | null;
  readonly begun: number;
  /** Null while there is no answer, and for ever where the process ended. */
  answer: BranchAnswer | null;
  ended: number;
}

export type BranchAnswer =
  /** It came to this: the branch's log, the commit that was made or read (null where there is none), and of a read what the graph was. */
  | {
      readonly kind: "done";
      readonly tag: Tag;
      readonly commit: CommitId | null;
      readonly seen: string | null;
    }
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown" };

/** All that the clients of one run were told. */
export class BranchHistory {
  readonly calls: BranchCall[] = [];
  #moment = 0;

  begin(call: Pick<BranchCall, "kind" | "name" | "op" | "request">): BranchCall {
    const begun: BranchCall = { ...call, begun: this.#moment++, answer: null, ended: Infinity };
    this.calls.push(begun);
    return begun;
  }

  end(call: BranchCall, answer: BranchAnswer): void {
    call.answer = answer;
    call.ended = this.#moment++;
  }
}
