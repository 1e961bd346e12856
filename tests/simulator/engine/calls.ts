import type { Write } from "../../oracle/random-writes.ts";
import type { Conflict, Differing, Previewed, Strategy } from "../../support/models/history-calls.ts";
import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";
import type { MergeOutcome } from "omnigraph";
import { Consumers } from "./consumers.ts";
import { Copies } from "./copies.ts";
import type { SchemaEdit } from "./schemas.ts";

/** What a client means to do. Branches are named as callers name them. */
export type Action =
  | {
      readonly kind: "edit";
      readonly branch: string;
      readonly write: Write;
      /** Of a load that makes its branch where it is missing: the branch that it is made of. */
      readonly from: string | null;
      /** Only while the branch is at the commit that the client has just seen. */
      readonly isConditional: boolean;
    }
  | { readonly kind: "create"; readonly name: string; readonly from: string }
  | { readonly kind: "delete"; readonly name: string }
  | {
      readonly kind: "merge";
      readonly source: string;
      readonly target: string;
      readonly strategy: Strategy | null;
      readonly deleteBranch: boolean;
    }
  | {
      readonly kind: "revert";
      readonly branch: string;
      /** Id of the commit. */
      readonly commit: string;
      readonly strategy: Strategy | null;
    }
  | {
      readonly kind: "read";
      readonly branch: string;
      /** Id of a commit, a time, or `main~2`; null: the head. */
      readonly at: string | null;
    }
  | { readonly kind: "optimize"; readonly branch: string; readonly full: boolean }
  /** Edits the schema of a branch. */
  | { readonly kind: "migrate"; readonly branch: string; readonly edit: SchemaEdit }
  /** What is kept: so many commits of every branch, and those of so many milliseconds. */
  | {
      readonly kind: "cleanup";
      readonly keep: number | null;
      readonly olderThanMs: number | null;
      readonly graceMs: number;
      readonly confirm: boolean;
    }
  /** Copies the graph to the one place that it is copied to. */
  | { readonly kind: "backup"; readonly verify: boolean }
  /** Checks everything. */
  | { readonly kind: "fsck" }
  | { readonly kind: "repair"; readonly branch: string; readonly confirm: boolean }
  /** What a merge, or the revert of a commit, would do. */
  | {
      readonly kind: "preview";
      /** A branch, or the id of a commit that is to be taken back. */
      readonly source: string;
      readonly target: string;
      readonly isRevert: boolean;
      readonly strategy: Strategy | null;
    }
  /** Branches, or ids of commits. */
  | { readonly kind: "diff"; readonly from: string; readonly to: string; readonly sinceBase: boolean }
  /** A consumer of the change feed reads on. */
  | { readonly kind: "follow"; readonly branch: string; readonly consumer: number; readonly limit: number };

/** Something that a client sees through: one call, or several of one op. */
export interface Errand {
  /** Unique; the message of the commits and seals that it makes, and its op where it is named. */
  readonly id: string;
  readonly action: Action;
  /** It can be asked for again: its op is the client's. */
  readonly isNamed: boolean;
  /** Milliseconds of virtual time at which it was called for first. */
  readonly begunMs: number;
}

/** Something that is said to be wrong. */
export interface Problem {
  /** Key of an object. */
  readonly place: string;
  readonly problem: string;
}

export type Answer =
  /** `commit` is the id of what was made or read, null where nothing was to be done. */
  | {
      readonly kind: "done";
      readonly commit: string | null;
      /** Of a read: the lines of all entities. */
      readonly lines?: readonly string[];
      /** Of a read: every person as the query answered it. */
      readonly people?: readonly string[];
      /** Of a merge. */
      readonly outcome?: MergeOutcome;
      readonly branchDeleted?: boolean | null;
      readonly preview?: Previewed;
      readonly diff?: Differing;
      /** Of a consumer: it has all that there was. */
      readonly caughtUp?: boolean;
      /** Of a backup: branches and their heads. */
      readonly copied?: readonly { readonly name: string; readonly head: string }[];
      /** Of a check or a repair: what is wrong. */
      readonly problems?: readonly Problem[];
      /** Of a cleanup: commits whose changes went, and tables. */
      readonly reclaimed?: number;
    }
  | {
      readonly kind: "refused";
      readonly reason: string;
      readonly message: string;
      readonly conflicts: readonly Conflict[];
      /** Of a `read_set_conflict`: the commit that came first. */
      readonly theirs: string | null;
    }
  | { readonly kind: "unknown" };

/** What one client was told of one call. Times are milliseconds of virtual time. */
export interface Call {
  readonly errand: Errand;
  readonly begunMs: number;
  /** Microseconds since the epoch, by the clock of its process. */
  readonly begunMicros: number;
  /** Of a conditional write: the commit that was seen. */
  ifCommit: string | null;
  /** Of a poll: when the call began that led to where its consumer asked for more. */
  sinceMs: number | null;
  /** The root that its handle had opened. */
  readonly root: SimulatedHoldings;
  /** The call could be stopped by its client, or by the end of its handle. */
  isStoppable: boolean;
  /** Milliseconds that it could take; null: any time. */
  readonly deadlineMs: number | null;
  /** Power loss may take what it did, and what follows. */
  readonly isRelaxed: boolean;
  /** Null while there is no answer, and for ever where the process ended. */
  answer: Answer | null;
  endedMs: number;
}

/** All that the clients of one run were told. */
export class Calls {
  readonly all: Call[] = [];
  readonly consumers: Consumers;
  readonly copies = new Copies();
  /** Keys of derived objects that somebody removed or spoiled. */
  readonly spoiled = new Set<string>();
  /** When power was lost. */
  readonly powerLosses: number[] = [];
  readonly #nowMs: () => number;
  #errands = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.consumers = new Consumers(nowMs);
  }

  errand(action: Action, isNamed: boolean): Errand {
    return { id: `errand-${++this.#errands}`, action, isNamed, begunMs: this.#nowMs() };
  }

  begin(
    errand: Errand,
    how: Pick<Call, "root" | "isRelaxed" | "begunMicros"> & Partial<Pick<Call, "isStoppable" | "deadlineMs">>,
  ): Call {
    const begunMs = this.#nowMs();
    const call: Call = {
      isStoppable: false,
      deadlineMs: null,
      ...how,
      errand,
      begunMs,
      ifCommit: null,
      sinceMs: null,
      answer: null,
      endedMs: Infinity,
    };
    this.all.push(call);
    return call;
  }

  end(call: Call, answer: Answer): void {
    call.answer = answer;
    call.endedMs = this.#nowMs();
  }

  /** When the last power loss was; -Infinity: there was none. */
  get poweredMs(): number {
    return this.powerLosses.at(-1) ?? -Infinity;
  }

  /** Power loss may have left holes in the logs, since something was written relaxed before. */
  get mayBeTorn(): boolean {
    return this.all.some(({ isRelaxed, begunMs }) => isRelaxed && begunMs <= this.poweredMs);
  }

  /** What was seen before, and not acknowledged, may be gone. */
  losePower(): void {
    this.powerLosses.push(this.#nowMs());
  }
}
