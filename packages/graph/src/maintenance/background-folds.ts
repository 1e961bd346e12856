import { isError, LIMITS, type OmnigraphError } from "@omnigraph/base";
import type { BranchLog, CommitHeader, CommitRecord } from "@omnigraph/log";
import type { MaintenanceRun } from "../api/maintenance.ts";
import { failureOf } from "../calls/call-limits.ts";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";
import { foldBranch } from "./fold-branch.ts";

/** Longest wait before a fold that is due, so that several processes do not all begin at once. */
const JITTER_MS = 100;
/** How often a branch that another process folds is looked at again. */
const OTHERS_MS = 1000;
/** An intent of a fold that is older than this does not hold back others: its process has ended, or takes long enough. */
const STALE_INTENT_MICROS = 60_000_000;
/** The wait after a failure, doubled after each further one. */
const RETRY_MS = 1000;
const MOST_RETRY_MS = 60_000;

/** What this handle wrote to a branch since it was last folded. */
interface Written {
  /** Slots of the tail at the newest commit seen. */
  slots: number;
  rows: number;
  tables: number;
  failures: number;
  /** When to look at the branch, in monotonic milliseconds; null if nothing is due. */
  lookMs: number | null;
  /** Whether that is not put off by further commits. */
  isFixed: boolean;
}

/** Most branches that are kept in mind. */
const MOST_BRANCHES = 1024;

/**
 * Folds the branches that a handle writes, one at a time, once their tails are long. Nobody waits for it, and nothing relies on it: several processes may fold
 * a branch at once, and then the log takes one of the folds.
 */
export class BackgroundFolds {
  readonly #context: GraphContext;
  readonly #written = new Map<BranchLog, Written>();
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;
  /** Ends the wait for the branch that is due next. */
  #nap: AbortController | null = null;
  /** The latest attempt. */
  latest: MaintenanceRun | null = null;

  constructor(context: GraphContext) {
    this.#context = context;
  }

  /** Notes a commit of this handle. Takes no time, and never fails. */
  wrote(branch: BranchLog, { header, changes }: CommitRecord): void {
    if (this.#context.maintenance === "off" || this.#closing.signal.aborted) return;
    const written = this.#of(branch);
    const slots = slotsOf(header);
    // A load ends the tail as a fold does, but what it moved into the layout is still to be folded.
    if (slots < written.slots && changes.kind !== "layers") forget(written);
    written.slots = slots;
    if (changes.kind === "layers") written.tables++;
    if (changes.kind === "rows")
      for (const { after, before } of changes.rows) written.rows += after.length + before.length;
    if (written.isFixed) return;
    if (isDue(written)) this.#lookIn(written, JITTER_MS * this.#context.environment.random.next(), true);
    else if (slots >= LIMITS.foldQuietSlots.value) this.#lookIn(written, LIMITS.foldQuietMs.value, false);
  }

  /** Stops what is running; afterwards nothing is begun any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  #of(branch: BranchLog): Written {
    const there = this.#written.get(branch);
    if (there !== undefined) return there;
    if (this.#written.size >= MOST_BRANCHES)
      for (const [other, { lookMs }] of this.#written) if (lookMs === null) this.#written.delete(other);
    const written = { slots: 0, rows: 0, tables: 0, failures: 0, lookMs: null, isFixed: false };
    this.#written.set(branch, written);
    return written;
  }

  #lookIn(written: Written, ms: number, isFixed: boolean): void {
    written.lookMs = this.#context.environment.clock.monotonicMs() + ms;
    written.isFixed = isFixed;
    if (isFixed) this.#nap?.abort();
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { clock } = this.#context.environment;
    await Promise.resolve(); // so that `#running` is set
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const [branch, written, lookMs] = next;
      const waitMs = lookMs - clock.monotonicMs();
      if (waitMs > 0) await this.#sleep(waitMs);
      else await this.#look(branch, written);
    }
    this.#running = null;
  }

  #next(): readonly [BranchLog, Written, number] | null {
    if (this.#closing.signal.aborted) return null;
    let first: readonly [BranchLog, Written, number] | null = null;
    for (const [branch, written] of this.#written) {
      const { lookMs } = written;
      if (lookMs !== null && (first === null || lookMs < first[2])) first = [branch, written, lookMs];
    }
    return first;
  }

  /** Sleeps until something may be due earlier, or the handle is closed. The process may end meanwhile. */
  async #sleep(ms: number): Promise<void> {
    this.#nap = new AbortController();
    const signal = AbortSignal.any([this.#nap.signal, this.#closing.signal]);
    await this.#context.environment.clock.sleep(ms, signal, { mayEnd: true }).catch(() => undefined);
    this.#nap = null;
  }

  async #look(branch: BranchLog, written: Written): Promise<void> {
    written.lookMs = null;
    written.isFixed = false;
    try {
      const { header } = await branch.head(this.#closing.signal);
      if (slotsOf(header) < written.slots) forget(written); // another process has folded the branch, or loaded into it
      written.slots = slotsOf(header);
      if (written.slots < LIMITS.foldQuietSlots.value && !isDue(written)) return;
      if (await this.#othersFold(branch)) {
        this.#lookIn(written, OTHERS_MS, true);
        return;
      }
      const { commit } = await foldBranch(this.#context, branch, this.#request());
      forget(written);
      this.#tell({ branch: branch.name, commit: commit === null ? null : summaryOf(commit), error: null });
    } catch (thrown) {
      this.#failed(branch, written, failureOf(thrown));
    }
  }

  #request() {
    return {
      op: this.#context.mint(),
      content: null,
      actor: this.#context.actor,
      message: null,
      whole: false,
      signal: this.#closing.signal,
      onType: () => undefined,
    };
  }

  /** Whether another maintainer is at work on the branch. Only a courtesy: two folds at once are right too, and one is in vain. */
  async #othersFold(branch: BranchLog): Promise<boolean> {
    const latest = this.#context.environment.clock.nowMicros() - STALE_INTENT_MICROS;
    const intents = await this.#context.log.intents.read(this.#closing.signal);
    return intents.some(
      (found) =>
        found.kind === "open" &&
        found.intent.kind === "maintenance" &&
        found.intent.logId === branch.logId &&
        found.intent.authoredAt > latest,
    );
  }

  #failed(branch: BranchLog, written: Written, error: OmnigraphError): void {
    if (this.#closing.signal.aborted) return;
    if (branch.sealed || isError(error, "branch_not_found")) {
      this.#written.delete(branch);
      return;
    }
    this.#lookIn(written, Math.min(RETRY_MS * 2 ** written.failures++, MOST_RETRY_MS), true);
    this.#tell({ branch: branch.name, commit: null, error });
  }

  #tell(run: MaintenanceRun): void {
    this.latest = run;
    try {
      this.#context.onMaintenance?.(run);
    } catch {
      // The callback is the caller's, and nobody is there who could be told.
    }
  }
}

/** Slots that a snapshot reads one by one. */
function slotsOf({ tail }: CommitHeader): number {
  return tail.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function isDue({ slots, rows, tables }: Written): boolean {
  return (
    slots >= LIMITS.foldSlots.value || rows >= LIMITS.foldRows.value || tables >= LIMITS.foldTables.value
  );
}

function forget(written: Pick<Written, "slots" | "rows" | "tables" | "failures">): void {
  Object.assign(written, { slots: 0, rows: 0, tables: 0, failures: 0 });
}
