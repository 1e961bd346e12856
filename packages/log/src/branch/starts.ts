import type { LogId } from "../address.ts";
import type { CommitRecord } from "../commit/header.ts";
import { historyReclaimed } from "../reading/errors.ts";
import { Horizons } from "../retention/horizons.ts";
import { isReclaimedTable } from "../retention/reclaimed-tables.ts";
import { type Pin, type PinsContext, takePin } from "../retention/pins.ts";
import type { BranchSummary } from "./branches.ts";
import { openedReadOnly } from "./errors.ts";

/** What starts need. */
export interface StartsContext extends PinsContext {
  readonly access: "read" | "write";
  /** Lists the branches there are, without those that cannot be read. */
  readonly branches: (signal?: AbortSignal) => Promise<readonly BranchSummary[]>;
}

/** From which commits something new may start: a branch, a fast-forward, a read of the past, a revert, a backup. */
export class Starts {
  readonly #context: StartsContext;
  readonly #horizons: Horizons;

  constructor(context: StartsContext) {
    this.#context = context;
    this.#horizons = new Horizons(context.store, context.graph, context.access);
  }

  /**
   * A commit above the horizon is one to start from, and so is the head of any branch, whose record protects it: a branch without commits of its own has
   * one that may lie below. Costs one small listing, more only below the horizon. `but`: a log whose branch does not count. Throws `history_reclaimed`.
   */
  async check(
    commit: CommitRecord,
    { signal, but }: { readonly signal?: AbortSignal | undefined; readonly but?: LogId } = {},
  ): Promise<void> {
    if (!(await this.#horizons.isCondemned(commit.address, signal))) return;
    const branches = await this.#context.branches(signal);
    const isHead = branches.some(({ head, logId }) => logId !== but && head.header.id === commit.header.id);
    if (!isHead) throw historyReclaimed(commit);
  }

  /** Whether cleanup has removed the table of a place that an error names. */
  isReclaimedTable(place: string): Promise<boolean> {
    return isReclaimedTable(this.#context.store, this.#context.access, place);
  }

  /**
   * Keeps the snapshot of a commit from cleanup until the pin is released, for whatever starts from it. `purpose` is for people. Throws `history_reclaimed`
   * where the commit is condemned, `read_only`.
   */
  async pin(commit: CommitRecord, purpose: string): Promise<Pin> {
    if (this.#context.access === "read") throw openedReadOnly(this.#context.store.uri);
    const pin = await takePin(this.#context, commit.header.id, purpose);
    try {
      // In this order: what was condemned before is seen here, and whoever condemns from now on sees the pin.
      await this.check(commit);
      return pin;
    } catch (thrown) {
      await pin.release();
      throw thrown;
    }
  }
}
