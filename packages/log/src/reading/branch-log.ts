import { type Clock, present } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { addressOf, type CommitAddress, type CommitId, slotKey, SLOTS, type LogId } from "../address.ts";
import { type CommitObject, type CommitRecord, lastOf } from "../commit/header.ts";
import { corruptLog } from "../features.ts";
import { lastTaken } from "../probing.ts";
import type { CommitObjects } from "./commit-objects.ts";
import { branchNotFound } from "./errors.ts";
import { type Thoroughness, newestListed, hasLaterEvidence } from "./later-evidence.ts";

/** How long a log that was looked at with care is taken to be whole. */
const CHECK_INTERVAL_MS = 1000;

/** Slots behind which a handle may be and still look for the head slot by slot. */
const NEAR = 64;

/** The slot that stands for the fork point: the one before the first of a log. */
const BEFORE_FIRST = -1;

/** Where a log ends. */
export interface Tip {
  /** The newest commit: the fork point while the log has none of its own. */
  readonly commit: CommitRecord;
  /** Its slot, or `BEFORE_FIRST`. */
  readonly slot: number;
  /** The object in that slot; null before the first. */
  readonly object: CommitObject | null;
}

/** Which log it is, and where it comes from. */
export interface BranchOrigin {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that the branch was made at; null for main. */
  readonly fork: CommitId | null;
  /** Key of the record that gives the log its name; null for main, and for a log that has no name yet. */
  readonly refKey: string | null;
}

/** What every log of one open graph is read with. */
export interface LogContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly objects: CommitObjects;
}

/** The log of one branch, and what this process knows of its head. */
export class BranchLog {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that the branch was made at; null for main. */
  readonly fork: CommitId | null;
  /** Key of the record that names it: it must outlast power loss where the log does. Null for main, and for a log without a name. */
  readonly refKey: string | null;
  readonly #context: LogContext;
  #tip: Tip | null = null;
  /** Monotonic milliseconds of the last look for holes after the end. */
  #checkedMs = -Infinity;
  #isRefSynced: boolean;

  constructor(origin: BranchOrigin, context: LogContext) {
    this.name = origin.name;
    this.logId = origin.logId;
    this.fork = origin.fork;
    this.refKey = origin.refKey;
    this.#context = context;
    this.#isRefSynced = origin.refKey === null;
  }

  /** The key of the record that names the log while it may not outlast power loss, as far as is known; else null. */
  get unsyncedRef(): string | null {
    return this.#isRefSynced ? null : this.refKey;
  }

  /** Takes note that the record outlasts power loss. */
  noteRefSynced(): void {
    this.#isRefSynced = true;
  }

  /** The newest commit as last seen, without looking; null before the first look. */
  get known(): CommitRecord | null {
    return this.#tip?.commit ?? null;
  }

  /** Whether the branch is known to be deleted. It never comes back: a branch of that name made later has another log. */
  get sealed(): boolean {
    return this.#tip?.commit.header.kind === "seal";
  }

  /**
   * The newest commit. One probe of the next slot when nothing came since the last look. Throws `branch_not_found` once the branch is deleted,
   * `graph_replaced`.
   */
  async head(signal?: AbortSignal): Promise<CommitRecord> {
    return (await this.tip(signal)).commit;
  }

  /** Where the log ends; as `head`. */
  async tip(signal?: AbortSignal): Promise<Tip> {
    return this.#live(await this.look(signal));
  }

  /** Where the log ended when last seen, looked for where it never was; as `head`. */
  async knownTip(): Promise<Tip> {
    return this.#live(this.#tip ?? (await this.look()));
  }

  /**
   * Where the log ends, be it with the seal of a deleted branch. Throws `log_torn` where what comes after it shows that the end is a hole: looked for with
   * care when the log is looked at first, and then at most once in `WHOLE_MS`.
   */
  async look(signal?: AbortSignal, thoroughness: Thoroughness = "full"): Promise<Tip> {
    let tip = this.#tip ?? (await this.#find(BEFORE_FIRST, signal));
    const isNewest = this.#tip === null;
    if (tip.commit.header.kind === "seal") return this.#advance(tip);
    const near = tip.slot + NEAR;
    for (;;) {
      const free = tip.slot + 1;
      const { objects } = this.#context;
      // Side by side: that nothing comes after the head says something only while the head itself is there.
      let [after] = await Promise.all([
        objects.read(this.logId, free, signal),
        objects.continuity.ofHead(tip.object, signal),
      ]);
      if (after === null) {
        const later = this.#hasLaterEvidence(free, thoroughness, isNewest);
        if (later === false || (later !== true && !(await later))) break;
        // Somebody may have taken it meanwhile, and the ones after it.
        after = await this.expect(free, signal);
      }
      this.#checkFollows(tip, after);
      tip = after.slot < near ? tipOf(after) : await this.#find(after.slot, signal);
    }
    return this.#advance(tip);
  }

  /**
   * Whether the slot after the end as last seen is known to be taken, or something shows that later ones are; the latter is looked for where the log was
   * not written or looked at for `WHOLE_MS`.
   */
  isOutdated(): boolean | Promise<boolean> {
    return this.#hasLaterEvidence(this.#tip === null ? 0 : this.#tip.slot + 1, "full", false);
  }

  /** Takes note of an object that this process has just put into its slot. */
  notePut(object: CommitObject): void {
    this.#checkedMs = this.#context.clock.monotonicMs();
    this.#advance(tipOf(object));
  }

  /** Takes note that the log was empty just now. */
  begin(fork: CommitRecord): void {
    this.#checkedMs = this.#context.clock.monotonicMs();
    this.#advance({ commit: fork, slot: BEFORE_FIRST, object: null });
  }

  /** The object of a slot at or below the head. Throws `log_torn` where it is missing. */
  expect(slot: number, signal?: AbortSignal): Promise<CommitObject> {
    return this.#context.objects.expect(this.logId, slot, signal);
  }

  /** The objects of slots at or below the head, in order. Throws as `CommitObjects.range`. */
  range(from: number, to: number): Promise<readonly CommitObject[]> {
    return this.#context.objects.range(this.logId, from, to);
  }

  /** The commits of this log after one address up to another, in order; both are of this log, or its fork point. */
  async between(
    after: CommitAddress,
    upTo: CommitAddress,
    signal?: AbortSignal,
  ): Promise<readonly CommitRecord[]> {
    if (upTo.logId !== this.logId) return [];
    const to = { to: upTo.slot, toIndex: upTo.index };
    if (after.logId !== this.logId)
      return this.#context.objects.records({ logId: this.logId, from: 0, fromIndex: 0, ...to }, signal);
    if (after.slot > upTo.slot || (after.slot === upTo.slot && after.index >= upTo.index)) return [];
    const records = await this.#context.objects.records(
      { logId: this.logId, from: after.slot, fromIndex: 0, ...to },
      signal,
    );
    // Reading from the slot of `after` verifies the chain from there on.
    return records.slice(after.index + 1);
  }

  #live(tip: Tip): Tip {
    if (tip.commit.header.kind === "seal")
      throw branchNotFound(this.#context.store.uri, this.name, this.logId);
    return tip;
  }

  /** Takes note of a tip. Answers the newest known. */
  #advance(tip: Tip): Tip {
    if (this.#tip === null || tip.slot > this.#tip.slot) this.#tip = tip;
    return this.#tip;
  }

  #checkFollows(before: Tip, after: CommitObject): void {
    if (before.object !== null) return this.#context.objects.checkChain(before.object, after);
    const [first] = after.commits;
    if (first?.header.parents[0] === before.commit.header.id) return;
    corruptLog(`${this.#context.store.uri}/${slotKey(this.logId, after.slot)}`)(
      `its parent is not ${before.commit.header.id}, where branch ${this.name} was made`,
    );
  }

  /** The newest object at or after a slot that is taken: by a listing where the store lists in order, else by probing ever farther and then halving. */
  async #find(taken: number, signal?: AbortSignal): Promise<Tip> {
    // Main has its genesis from the start.
    const least = this.fork === null ? Math.max(taken, 0) : taken;
    const slot = this.#context.store.ordered
      ? Math.max(least, await newestListed(this.#context.store, this.logId))
      : await this.#newestProbed(least);
    return slot === BEFORE_FIRST ? this.forkPoint(signal) : tipOf(await this.expect(slot, signal));
  }

  /** The end of the log while it has no commit of its own: where the branch was made. Throws `log_torn` where that commit is missing. */
  async forkPoint(signal?: AbortSignal): Promise<Tip> {
    const { logId, slot, index } = present(
      this.fork === null ? null : addressOf(this.fork),
      "fork point of a branch",
    );
    const { commits } = await this.#context.objects.expect(logId, slot, signal);
    const commit = commits[index];
    if (commit?.header.id !== this.fork || commit === undefined) {
      return corruptLog(`${this.#context.store.uri}/${slotKey(logId, slot)}`)(
        `it holds no commit ${this.fork}, where branch ${this.name} was made`,
      );
    }
    return { commit, slot: BEFORE_FIRST, object: null };
  }

  /** At once where the log was looked at with care lately: nothing is to be awaited by a look-up that finds nothing new. */
  #hasLaterEvidence(free: number, thoroughness: Thoroughness, isNewest: boolean): boolean | Promise<boolean> {
    const { objects, clock } = this.#context;
    const now = clock.monotonicMs();
    if (now - this.#checkedMs < CHECK_INTERVAL_MS) return objects.isTaken(this.logId, free);
    return this.#searchEvidence(free, thoroughness, isNewest, now);
  }

  async #searchEvidence(
    free: number,
    thoroughness: Thoroughness,
    isNewest: boolean,
    now: number,
  ): Promise<boolean> {
    if (await hasLaterEvidence(this.#context, this.logId, free, { thoroughness, isNewest })) {
      this.#context.objects.noteTaken(this.logId, free);
      return true;
    }
    if (thoroughness === "full") this.#checkedMs = now;
    return false;
  }

  #newestProbed(from: number): Promise<number> {
    return lastTaken(from, SLOTS, (slot) => this.#context.store.exists(slotKey(this.logId, slot)));
  }
}

function tipOf(object: CommitObject): Tip {
  return { commit: lastOf(object), slot: object.slot, object };
}
