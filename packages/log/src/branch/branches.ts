import { type Environment, isError, lru, present, stampOf } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import {
  addressOf,
  type CommitId,
  MAIN_LOG_ID,
  slotKey,
  LOG_ID_BYTES,
  type LogId,
  logIdFrom,
} from "../address.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import type { NewBranch } from "../intent/intent-record.ts";
import { BranchLog, type BranchOrigin } from "../reading/branch-log.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";
import type { EarlyListing } from "../reading/early-listing.ts";
import { branchNotFound } from "../reading/errors.ts";
import { SyncedSlots } from "../writing/synced-slots.ts";
import { checkTexts } from "../writing/texts.ts";
import { keysOf, unsynced } from "../writing/unsynced.ts";
import { type DamagedBranch, orDamage } from "./damage.ts";
import { branchExists, branchProtected, commitSealed } from "./errors.ts";
import { checkBranchName, checkNewBranchName, MAIN, recordKey } from "./names.ts";
import type { NamedRecord, Refs } from "./refs.ts";

const NONCE_BYTES = 16;
/** Most branches whose logs are remembered by name; a forgotten one is looked up again. */
const MAX_OPEN = 4096;

/** A branch as listings show it. */
export interface BranchSummary {
  readonly name: string;
  readonly logId: LogId;
  readonly head: CommitRecord;
  /** The commit that it was made at; null for main. */
  readonly forkedFrom: CommitId | null;
}

/** A branch that is prepared and does not exist yet: its log has no name. */
export interface Fork {
  readonly branch: BranchLog;
  /** The branch as others can make it, should this process end. */
  readonly makes: NewBranch;
  /** Creates the branch by giving the log its name. Throws `branch_exists` where somebody else was first, and `outcome_unknown`. */
  publish(): Promise<void>;
  /** Ends it where it is not published: the commit that it starts from is no longer kept for it. */
  cancel(): Promise<void>;
}

/** A log that was found by its id. */
export interface FoundLog {
  readonly log: BranchLog;
  /** Whether the name leads to it. If not, its branch was deleted, or was never made. */
  readonly isNamed: boolean;
  /** The newest record of the name; null where it has none. */
  readonly newest: NamedRecord | null;
}

/** What the branches of one open graph share. */
export interface BranchesContext {
  readonly store: ObjectStore;
  readonly environment: Environment;
  readonly objects: CommitObjects;
  readonly refs: Refs;
  /** Slots that writers have made durable, together with the records of their branches. */
  readonly synced: SyncedSlots;
  /** The newest slot of main, listed while the graph was opened; null where it was not. */
  readonly early: EarlyListing | null;
}

/** The branches of a graph by name, as this process knows them. */
export class Branches {
  readonly #context: BranchesContext;
  readonly #main: BranchLog;
  /** By name the log that was found last, which may be sealed by now. */
  readonly #open = lru<BranchLog>(MAX_OPEN);
  /** Slots that were synced here, without the records of their branches; writers need both, so they do not look at these. */
  readonly #syncedHere = new SyncedSlots();

  constructor(context: BranchesContext) {
    this.#context = context;
    this.#main = this.#log({ name: MAIN, logId: MAIN_LOG_ID, fork: null, refKey: null }, context.early);
  }

  get main(): BranchLog {
    return this.#main;
  }

  /** The log that the record of a key names, sealed or not; null for a tombstone. */
  async ofRecord(key: string, signal?: AbortSignal): Promise<BranchLog | null> {
    return this.#logOf(await this.#context.refs.read(key, signal));
  }

  /** As `GraphLog.branch`. */
  async open(name: string, signal?: AbortSignal): Promise<BranchLog> {
    if (name === MAIN) return this.#main;
    const before = this.#open.get(name);
    if (before !== undefined && !before.sealed) return before;
    checkBranchName(name);
    const newest = await this.#context.refs.newest(name, signal);
    const found = newest === null ? null : this.#liveLog(newest);
    if (found === null) throw branchNotFound(this.#context.store.uri, name);
    return found;
  }

  /** The log of an id, sealed or not, where a branch of this name had or has it. `from` is a commit of it, or its fork point. */
  async find(name: string, logId: LogId, from: CommitId): Promise<FoundLog> {
    if (logId === MAIN_LOG_ID) return { log: this.#main, isNamed: true, newest: null };
    const newest = await this.#context.refs.newest(name);
    const named = newest === null ? null : this.#logOf(newest);
    if (named?.logId === logId) return { log: named, isNamed: true, newest };
    const fork = addressOf(from)?.logId === logId ? await this.#forkOf(logId) : from;
    return { log: this.#log({ name, logId, fork, refKey: null }), isNamed: false, newest };
  }

  /** Runs an action on the branch that has a name now; again if the known branch turns out to be deleted. Errors: as `open`. */
  async current<T>(name: string, action: (branch: BranchLog) => Promise<T>): Promise<T> {
    for (;;) {
      const branch = await this.open(name);
      try {
        return await action(branch);
      } catch (error) {
        if (!isError(error, "branch_not_found") || !branch.sealed) throw error;
      }
    }
  }

  /** As `GraphLog.listBranches`. */
  async list(
    signal?: AbortSignal,
    onDamaged: (damaged: DamagedBranch) => void = refuse,
  ): Promise<readonly BranchSummary[]> {
    const named = await this.#context.refs.all(signal);
    const logs = [this.#main];
    for (const newest of named) {
      const log = "problem" in newest ? null : this.#liveLog(newest);
      if (log !== null) logs.push(log);
    }
    const tips = await Promise.all(logs.map((log) => orDamage(log.name, () => log.look(signal, "brief"))));
    const found: BranchSummary[] = [];
    for (const [i, log] of logs.entries()) {
      const tip = tips[i];
      const { name, logId, fork: forkedFrom } = log;
      if (tip !== undefined && "commit" in tip && !log.sealed)
        found.push({ name, logId, head: tip.commit, forkedFrom });
    }
    for (const each of [...named, ...tips]) if ("problem" in each) onDamaged(each);
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** As `GraphLog.fork`. */
  async fork(name: string, from: CommitRecord, actor: string | null): Promise<Omit<Fork, "cancel">> {
    checkNewBranchName(name);
    checkTexts({ actor, message: null });
    if (name === MAIN) throw branchExists(this.#context.store.uri, name);
    if (from.header.kind === "seal") throw commitSealed(from);
    const number = await this.#freeNumber(name);
    const logId = await this.#freshLogId();
    // A branch must not survive power loss without the commit that it was made at.
    await this.makeDurable(from);
    const refKey = recordKey(name, number);
    const branch = this.#log({ name, logId, fork: from.header.id, refKey });
    branch.begin(from);
    branch.noteRefSynced(); // nobody else finds the log before its record is durable
    return this.resumed(branch, from, { record: number, actor });
  }

  /**
   * A branch that is prepared, by this process or another. All that make it begin at one number, so at most one log gets the name there, and it gets it once,
   * whoever puts the record.
   */
  resumed(branch: BranchLog, from: CommitRecord, makes: NewBranch): Omit<Fork, "cancel"> {
    const { clock, random } = this.#context.environment;
    const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString("hex");
    const { logId } = branch;
    const [forkedFrom, at, actor] = [from.header.id, stampOf(clock), makes.actor];
    const record = { kind: "created", logId, forkedFrom, at, actor, nonce } as const;
    return { branch, makes, publish: () => this.#publish(branch, makes.record, record) };
  }

  /** Whether a commit is the head of its own branch, as last seen. Reads nothing. */
  isKnownHead({ branch, header }: CommitRecord): boolean {
    const log = branch === MAIN ? this.#main : this.#open.get(branch);
    return log?.known?.header.id === header.id;
  }

  /** Deletes a branch: `seal` ends its log. */
  async delete(name: string, seal: (branch: BranchLog) => Promise<void>): Promise<void> {
    if (name === MAIN) throw branchProtected(name);
    const branch = await this.#sealed(name, seal);
    if (this.#open.get(name) === branch) this.#open.delete(name);
    await this.#context.refs.noteSealed(name, branch.logId);
  }

  /** Seals the branch that has a name now. Whoever hears that there is none relies on it: power loss must not take the seal of another. */
  async #sealed(name: string, seal: (branch: BranchLog) => Promise<void>): Promise<BranchLog> {
    try {
      // The known branch may be deleted, and another may have its name.
      const branch = await this.current(name, async (found) => {
        await found.head();
        return found;
      });
      await seal(branch);
      return branch;
    } catch (thrown) {
      if (isError(thrown, "branch_not_found")) {
        const newest = await this.#context.refs.newest(name);
        if (newest !== null) await this.#syncSeal(newest);
      }
      throw thrown;
    }
  }

  /** Makes the end of the log that a record names durable where it is a seal. Answers whether the log is open. */
  async #syncSeal(newest: NamedRecord): Promise<"open" | "over"> {
    const log = this.#logOf(newest);
    if (log === null) return "over";
    const { object } = await log.look();
    if (!log.sealed) return "open";
    if (object !== null) await this.#sync(object);
    return "over";
  }

  async #publish(
    branch: BranchLog,
    first: number,
    record: NamedRecord["record"] & { readonly kind: "created" },
  ): Promise<void> {
    const { refs, store } = this.#context;
    for (let number = first; ; number++) {
      const there = await refs.claim(branch.name, number, record);
      if (there.logId === record.logId) break;
      // A tombstone in between is no obstacle; a branch that somebody else created is.
      if (there.kind === "created") throw branchExists(store.uri, branch.name);
    }
    this.#open.set(branch.name, branch);
  }

  /** The number of the next record of a name that no branch has. Throws `branch_exists`. */
  async #freeNumber(name: string): Promise<number> {
    const { refs, store } = this.#context;
    const newest = await refs.newest(name);
    if (newest === null) return 0;
    // Else power loss could take the seal, and somebody would go on writing to a log that nobody reads.
    if ((await this.#syncSeal(newest)) === "open") throw branchExists(store.uri, name);
    // Else power loss could take this record and leave the next: numbers must have no gaps.
    await refs.sync(newest);
    return newest.number + 1;
  }

  /** Makes a commit and all before it in its log outlast power loss. */
  async makeDurable({ address: { logId, slot } }: CommitRecord): Promise<void> {
    await this.#sync(await this.#context.objects.expect(logId, slot));
  }

  /** Makes an object and all before it durable, unless they are known to be. */
  async #sync(object: CommitObject): Promise<void> {
    const { store, objects, synced } = this.#context;
    const { logId, slot } = object;
    const known = Math.max(synced.upTo(logId), this.#syncedHere.upTo(logId));
    const pending = await unsynced(objects, object, known);
    if (pending.length === 0) return;
    await store.sync(keysOf(pending));
    this.#syncedHere.note(logId, slot);
  }

  /** The log that a record names, unless it is known to be sealed. */
  #liveLog(newest: NamedRecord): BranchLog | null {
    const log = this.#logOf(newest);
    return log === null || log.sealed ? null : log;
  }

  /** The log that a record names, sealed or not; null for a tombstone. */
  #logOf({ name, number, record }: NamedRecord): BranchLog | null {
    if (record.kind === "deleted") return null;
    const before = this.#open.get(name);
    if (before?.logId === record.logId) return before;
    const { logId, forkedFrom: fork } = record;
    this.#context.objects.noteCommit(fork);
    const log = this.#log({ name, logId, fork, refKey: recordKey(name, number) });
    this.#open.set(name, log);
    return log;
  }

  async #forkOf(logId: LogId): Promise<CommitId> {
    const { commits } = await this.#context.objects.expect(logId, 0);
    return present(commits[0]?.header.parents[0], "fork point of a log");
  }

  async #freshLogId(): Promise<LogId> {
    const { store, environment } = this.#context;
    for (;;) {
      const logId = logIdFrom(environment.random.bytes(LOG_ID_BYTES));
      if (logId !== MAIN_LOG_ID && !(await store.exists(slotKey(logId, 0)))) return logId;
    }
  }

  #log(origin: BranchOrigin, early: EarlyListing | null = null): BranchLog {
    const { store, objects, environment } = this.#context;
    return new BranchLog(origin, { store, objects, clock: environment.clock }, early);
  }
}

function refuse({ problem }: DamagedBranch): never {
  throw problem;
}
