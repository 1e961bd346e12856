import { type Clock, isError, present } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { addressOf, type CommitAddress, type CommitId, slotKey, SLOTS, type LogId } from "../address.ts";
import { type CommitObject, type CommitRecord, lastOf } from "../commit/header.ts";
import { corruptLog } from "../features.ts";
import { lastTaken } from "../probing.ts";
import type { CommitObjects } from "./commit-objects.ts";
import type { EarlyListing } from "./early-listing.ts";
import { branchNotFound } from "./errors.ts";
import { type Thoroughness, newestListed, hasLaterEvidence } from "./later-evidence.ts";

/** How long a log is trusted to have no holes after it was checked for them, in milliseconds. */
const CHECK_INTERVAL_MS = 1000;

/** Up to this many slots behind the head it is found slot by slot; then by search. */
const NEAR = 64;

/** Stands for the fork point: the number before the first slot of a log. */
const BEFORE_FIRST = -1;

/** The end of a log. */
export interface Tip {
  /** The newest commit: the fork point while the log has none of its own. */
  readonly commit: CommitRecord;
  /** Its slot, or `BEFORE_FIRST`. */
  readonly slot: number;
  /** The object in that slot; null before the first. */
  readonly object: CommitObject | null;
}

/** The identity of a branch's log, and where the branch was made. */
export interface BranchOrigin {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that the branch was made at; null for main. */
  readonly fork: CommitId | null;
  /** Key of the record that gives the log its name; null for main, and for a log that has no name yet. */
  readonly refKey: string | null;
}

/** What the logs of one open graph share. */
export interface LogContext {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly objects: CommitObjects;
}

/** The log of one branch, with its head as last seen by this process. */
export class BranchLog {
  readonly name: string;
  readonly logId: LogId;
  /** The commit that the branch was made at; null for main. */
  readonly fork: CommitId | null;
  /** Key of the record that names the log; it must be durable where the log is. Null for main, and for a log without a name. */
  readonly refKey: string | null;
  readonly #context: LogContext;
  readonly #early: EarlyListing | null;
  #tip: Tip | null = null;
  /** When the log was last checked for holes, in monotonic milliseconds. */
  #checkedMs = -Infinity;
  #isRefSynced: boolean;

  /** `early`: what was listed of this log before it was asked for. */
  constructor(origin: BranchOrigin, context: LogContext, early: EarlyListing | null = null) {
    this.name = origin.name;
    this.logId = origin.logId;
    this.fork = origin.fork;
    this.refKey = origin.refKey;
    this.#context = context;
    this.#early = early;
    this.#isRefSynced = origin.refKey === null;
  }

  /** The key of the record that names the log, as long as it is not known to be durable; else null. */
  get unsyncedRef(): string | null {
    return this.#isRefSynced ? null : this.refKey;
  }

  /** Remembers that the record is durable. */
  noteRefSynced(): void {
    this.#isRefSynced = true;
  }

  /** The newest commit as last seen; null before the first look. Reads nothing. */
  get known(): CommitRecord | null {
    return this.#tip?.commit ?? null;
  }

  /** Whether the branch is known to be deleted. It never comes back: a later branch of that name has another log. */
  get sealed(): boolean {
    return this.#tip?.commit.header.kind === "seal";
  }

  /**
   * The newest commit: one probe of the next slot if nothing came since the last look. Throws `branch_not_found` once the branch is deleted, `graph_replaced`.
   */
  async head(signal?: AbortSignal): Promise<CommitRecord> {
    return (await this.tip(signal)).commit;
  }

  /** The end of the log; as `head`. */
  async tip(signal?: AbortSignal): Promise<Tip> {
    return this.#live(await this.look(signal));
  }

  /** The end of the log as last seen; it is looked for only if it never was. As `head`. */
  async knownTip(): Promise<Tip> {
    return this.#live(this.#tip ?? (await this.look()));
  }

  /**
   * The end of the log, which may be the seal of a deleted branch. Throws `log_torn` where later slots show that the end is a hole. That is checked on the
   * first look, and then at most once in `CHECK_INTERVAL_MS`.
   */
  look(signal?: AbortSignal, thoroughness: Thoroughness = "full"): Promise<Tip> {
    return this.#tip === null && this.#early !== null
      ? this.#lookEarly(this.#early, thoroughness, signal)
      : this.#lookFrom(null, thoroughness, signal);
  }

  /** As `look`, for the first time. */
  async #lookEarly(early: EarlyListing, thoroughness: Thoroughness, signal?: AbortSignal): Promise<Tip> {
    const listed = await early.take(CHECK_INTERVAL_MS);
    try {
      return await this.#lookFrom(listed, thoroughness, signal);
    } catch (cause) {
      // It may have been listed before another graph took the place of that one.
      if (listed === null || !isError(cause, "log_torn")) throw cause;
      return this.#lookFrom(null, thoroughness, signal);
    }
  }

  /** As `look`, from the slot that was listed as the newest. */
  async #lookFrom(listed: number | null, thoroughness: Thoroughness, signal?: AbortSignal): Promise<Tip> {
    const isNewest = this.#tip === null;
    let known = this.#tip;
    let slot = known?.slot ?? (await this.#newestSlot(BEFORE_FIRST, listed));
    const near = slot + NEAR;
    for (;;) {
      if (known?.commit.header.kind === "seal") return this.#advance(known);
      const free = slot + 1;
      // In parallel: a free next slot proves something only while the head itself is still there. On a remote store evidence is searched then too.
      const [tip, read, evidence] = await Promise.all([
        known === null ? this.#tipAt(slot, signal) : this.#confirmed(known, signal),
        this.#context.objects.read(this.logId, free, signal),
        this.#context.store.ordered ? this.#hasLaterEvidence(free, thoroughness, isNewest) : null,
      ]);
      let after = read;
      if (after === null) {
        const isEnd = tip.commit.header.kind === "seal";
        const later = !isEnd && (evidence ?? this.#hasLaterEvidence(free, thoroughness, isNewest));
        if (later === false || (later !== true && !(await later))) return this.#advance(tip);
        // The free slot may have been taken meanwhile, and later ones after it.
        after = await this.expect(free, signal);
      }
      this.#checkFollows(tip, after);
      known = after.slot < near ? tipOf(after) : null;
      slot = known?.slot ?? (await this.#newestSlot(after.slot));
    }
  }

  /** Whether the slot after the end as last seen is known to be taken. Reads nothing. */
  get goesOn(): boolean {
    return this.#context.objects.isTaken(this.logId, this.#free);
  }

  /**
   * Whether the log goes on after the end as last seen: the next slot is known to be taken, or there is evidence of later slots. Evidence is searched only
   * if the log was neither written nor checked for `CHECK_INTERVAL_MS`.
   */
  isOutdated(): boolean | Promise<boolean> {
    return this.#hasLaterEvidence(this.#free, "full", false);
  }

  /** Remembers an object that this process has just put into its slot. */
  notePut(object: CommitObject): void {
    this.#checkedMs = this.#context.clock.monotonicMs();
    this.#advance(tipOf(object));
  }

  /** Remembers an object that others have put into the slot after an end, and answers the newest known end. Throws as `tip`. */
  noteOther(before: Tip, after: CommitObject): Tip {
    this.#checkFollows(before, after);
    return this.#live(this.#advance(tipOf(after)));
  }

  /** Remembers that the log was empty just now. */
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

  get #free(): number {
    return this.#tip === null ? 0 : this.#tip.slot + 1;
  }

  #live(tip: Tip): Tip {
    if (tip.commit.header.kind === "seal")
      throw branchNotFound(this.#context.store.uri, this.name, this.logId);
    return tip;
  }

  /** Remembers a tip if it is newer. Answers the newest known one. */
  #advance(tip: Tip): Tip {
    if (this.#tip === null || tip.slot > this.#tip.slot) this.#tip = tip;
    return this.#tip;
  }

  #checkFollows(before: Tip, after: CommitObject): void {
    if (before.object !== null) return this.#context.objects.checkChain(before.object, after);
    const [first] = after.commits;
    if (first?.header.parents[0] === before.commit.header.id) return;
    corruptLog(placeOf(this.#context.store, slotKey(this.logId, after.slot)))(
      `its parent is not ${before.commit.header.id}, where branch ${this.name} was made`,
    );
  }

  /** An end that was seen, once it is certain that it is still there. Throws `graph_replaced`. */
  #confirmed(tip: Tip, signal?: AbortSignal): Tip | Promise<Tip> {
    const { continuity } = this.#context.objects;
    if (!continuity.isNeeded) return tip;
    return continuity.ofHead(tip.object, signal).then(() => tip);
  }

  /** The newest slot at or after a taken one: by a listing where the store lists in order, else by exponential and binary search. */
  async #newestSlot(taken: number, listed: number | null = null): Promise<number> {
    // Main always has its genesis.
    const least = this.fork === null ? Math.max(taken, 0) : taken;
    return this.#context.store.ordered
      ? Math.max(least, listed ?? (await newestListed(this.#context.store, this.logId)))
      : this.#newestProbed(least);
  }

  async #tipAt(slot: number, signal?: AbortSignal): Promise<Tip> {
    return slot === BEFORE_FIRST ? this.forkPoint(signal) : tipOf(await this.expect(slot, signal));
  }

  /** The end of a log that has no commit of its own: the commit that the branch was made at. Throws `log_torn` where it is missing. */
  async forkPoint(signal?: AbortSignal): Promise<Tip> {
    const { logId, slot, index } = present(
      this.fork === null ? null : addressOf(this.fork),
      "fork point of a branch",
    );
    const { commits } = await this.#context.objects.expect(logId, slot, signal);
    const commit = commits[index];
    if (commit?.header.id !== this.fork || commit === undefined) {
      return corruptLog(placeOf(this.#context.store, slotKey(logId, slot)))(
        `it holds no commit ${this.fork}, where branch ${this.name} was made`,
      );
    }
    return { commit, slot: BEFORE_FIRST, object: null };
  }

  /** No promise where the log was checked lately: a read that finds nothing new should await nothing. */
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
