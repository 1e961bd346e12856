import { type Environment, isError, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { type ObjectStore, type Owners, systemOwners, type TypeChanges } from "@omnigraph/storage";
import { addressOf, type LogId, MAIN_LOG_ID } from "./address.ts";
import { commitsSince } from "./ancestry/merge-base.ts";
import { MergeBases } from "./ancestry/merge-bases.ts";
import { Branches, type BranchSummary, type Fork } from "./branch/branches.ts";
import type { DamagedBranch } from "./branch/damage.ts";
import { pinnedFork } from "./branch/pinned-fork.ts";
import { Refs } from "./branch/refs.ts";
import { Starts } from "./branch/starts.ts";
import type { EncodedObject } from "./commit/codec.ts";
import type { CommitRecord } from "./commit/header.ts";
import { Cleaner, type CleanerContext } from "./cleanup/cleaner.ts";
import { copyGraph, type CopyRequest } from "./copying/copy-graph.ts";
import type { CopiedBranch } from "./copying/roots.ts";
import { CommitLinks } from "./reading/commit-links.ts";
import { DigestWriter } from "./writing/digest-writer.ts";
import { Spans } from "./reading/spans.ts";
import { Folds } from "./folds.ts";
import { type GraphFormat, readFormat } from "./format-object.ts";
import type { SlotRange } from "./layout/ranges.ts";
import { type InitOptions, makeGraph } from "./make-graph.ts";
import type { BranchLog } from "./reading/branch-log.ts";
import { CommitObjects } from "./reading/commit-objects.ts";
import { branchReplaced, openedReadOnly } from "./branch/errors.ts";
import type { Pin } from "./retention/pins.ts";
import { EarlyListing } from "./reading/early-listing.ts";
import { commitNotFound, historyReclaimed } from "./reading/errors.ts";
import { type EntityKey, History } from "./reading/history.ts";
import { Layouts } from "./reading/layouts.ts";
import { Snapshot } from "./reading/snapshot.ts";
import { Schemas } from "./schemas.ts";
import { WatchedStore } from "./watched-store.ts";
import { BranchWriter } from "./writing/branch-writer.ts";
import { Intents } from "./recovery/intents.ts";
import { OpWindow } from "./writing/op-window.ts";
import { Publisher } from "./writing/publisher.ts";
import { SEAL, sealOf, type SealRequest } from "./writing/seal.ts";
import { SyncedSlots } from "./writing/synced-slots.ts";

/** Number of writers above which idle ones are dropped. */
const MAX_WRITERS = 1024;

/** How a log is opened. */
interface GraphLogOptions {
  readonly readOnly: boolean;
  /** The identity of this process, and which others are dead. Default: what the system says. */
  readonly owners?: Owners;
}

/** The commit log of one graph, as one process has it open. */
export class GraphLog {
  /** ULID of the graph. */
  readonly id: string;
  readonly readOnly: boolean;
  /** How commits are linked to the ones before them. */
  readonly links: CommitLinks;
  /** From which commits something new may start. */
  readonly starts: Starts;
  /** Writes that stage tables, in this process and others. */
  readonly intents: Intents;
  readonly schemas: Schemas;
  readonly folds: Folds;
  readonly #mergeBases: MergeBases;
  readonly #store: ObjectStore;
  /** The store for all puts but those of commits. */
  readonly #watched: ObjectStore;
  readonly #environment: Environment;
  readonly #format: GraphFormat;
  readonly #objects: CommitObjects;
  readonly #layouts: Layouts;
  readonly #branches: Branches;
  readonly #synced = new SyncedSlots();
  /** No `lru`: a writer that is busy must stay the only one of its branch, however long ago it was asked for. */
  readonly #writers = new Map<BranchLog, BranchWriter>();
  readonly #history: History;
  /** Null where the log is open for reading only. */
  readonly #digests: DigestWriter | null;

  private constructor(
    store: ObjectStore,
    environment: Environment,
    format: GraphFormat,
    { readOnly, owners = systemOwners }: GraphLogOptions,
    early: EarlyListing | null,
  ) {
    this.id = format.graph;
    this.readOnly = readOnly;
    this.#store = store;
    this.#environment = environment;
    this.#format = format;
    const access = readOnly ? "read" : "write";
    this.#objects = new CommitObjects(store, format, access, (missed) => this.#digests?.missed(missed));
    const { continuity } = this.#objects;
    this.#watched = continuity.isNeeded ? new WatchedStore(store, continuity) : store;
    const spans = new Spans(store, this.#objects);
    this.#digests = readOnly
      ? null
      : new DigestWriter(this.#watched, environment.clock, this.#objects, spans);
    this.intents = new Intents({
      graph: this.id,
      store: this.#watched,
      environment,
      owners,
      readOnly,
      checkWritable: () => this.#checkWritable(),
      find: ({ branch, logId, base }) => this.#branches.find(branch, logId, base),
      writer: (branch) => this.#newWriter(branch),
      commit: (id) => this.commit(id),
      makeDurable: (commit) => this.#branches.makeDurable(commit),
      fork: (branch, from, makes) =>
        this.#checkedFork(this.#branches.resumed(branch, from, makes), from, null),
      canFold: (commit, fold, schema) => this.folds.hold(commit, fold, schema),
    });
    this.#history = new History(store.uri, this.#objects, spans, (logId, span) =>
      this.#digests?.missedSpan(logId, span),
    );
    this.links = new CommitLinks(store.uri, this.#objects, spans);
    this.#mergeBases = new MergeBases(this.links);
    this.#layouts = new Layouts(this.#watched, environment);
    this.folds = new Folds(this.#objects, this.#layouts);
    this.schemas = new Schemas(this.#watched, environment, () => this.#checkWritable());
    const refs = new Refs(this.#watched, environment, access);
    this.#branches = new Branches({
      store,
      environment,
      objects: this.#objects,
      refs,
      synced: this.#synced,
      early,
    });
    this.starts = new Starts({
      store: this.#watched,
      environment,
      graph: this.id,
      access,
      branches: (signal) => this.#branches.list(signal, () => undefined),
    });
  }

  /** Creates a graph and opens it. Errors: `graph_exists`, `folder_not_empty`; then nothing was written. */
  static async init(store: ObjectStore, environment: Environment, options: InitOptions): Promise<GraphLog> {
    // Nothing is read once the graph is there: a failure would say that it is not.
    const format = await makeGraph(store, environment, options);
    return new GraphLog(store, environment, format, { readOnly: false }, null);
  }

  /** Opens a graph; reads one small object (and lists the end of main beside it, where that saves a round trip), writes nothing. Errors: `graph_not_found`, `format_newer`, `object_corrupt`. */
  static async open(
    store: ObjectStore,
    environment: Environment,
    options: GraphLogOptions,
  ): Promise<GraphLog> {
    const early = EarlyListing.begin(store, MAIN_LOG_ID, environment.clock);
    const format = await readFormat(store, options.readOnly ? "read" : "write");
    return new GraphLog(store, environment, format, options, early);
  }

  /**
   * The log of the branch of a name: the one that was seen last under this name, unless it is known to be deleted. Errors: `branch_not_found`,
   * `branch_name_invalid`.
   */
  async branch(name: string, signal?: AbortSignal): Promise<BranchLog> {
    return this.#branches.open(name, signal);
  }

  /** The log of the branch that has a name now. Errors: as `branch`. */
  async liveBranch(name: string, signal?: AbortSignal): Promise<BranchLog> {
    return this.#branches.current(name, async (branch) => {
      await branch.head(signal);
      return branch;
    });
  }

  /** The newest commit of the branch that has a name now. Errors: as `branch`. */
  async head(name: string, signal?: AbortSignal): Promise<CommitRecord> {
    return this.#branches.current(name, (branch) => branch.head(signal));
  }

  /** Every branch with its head, sorted by name. `onDamaged` is called for those that cannot be read; without it the first such error is thrown. */
  listBranches(
    signal?: AbortSignal,
    onDamaged?: (damaged: DamagedBranch) => void,
  ): Promise<readonly BranchSummary[]> {
    return this.#branches.list(signal, onDamaged);
  }

  /**
   * Creates a branch at a commit: one small object, whatever the size of the graph. Of several callers with one name one wins.
   * Errors: `commit_sealed`, `branch_exists`, `branch_name_invalid`, `history_reclaimed`, `outcome_unknown`.
   */
  async createBranch(name: string, from: CommitRecord, actor: string | null): Promise<BranchLog> {
    // What is a head now is seldom condemned a moment later, so a pin would nearly always be in vain.
    const fork = await this.fork(name, from, actor, !this.#branches.isKnownHead(from));
    await fork.publish();
    return fork.branch;
  }

  /**
   * Prepares a branch: its log can be written, and nobody finds it before it is published. Errors: `branch_exists`, `branch_name_invalid`,
   * `history_reclaimed` where the commit is condemned. Not `pinned`: that is found out only once it is published, and then undone.
   */
  async fork(name: string, from: CommitRecord, actor: string | null, pinned = true): Promise<Fork> {
    this.#checkWritable();
    // Its record would let others start from a commit that is condemned, until it is undone.
    if (!pinned) await this.starts.check(from);
    const prepared = await this.#branches.fork(name, from, actor);
    return this.#checkedFork(prepared, from, pinned ? await this.starts.pin(from, "branch") : null);
  }

  #checkedFork(prepared: Omit<Fork, "cancel">, from: CommitRecord, pin: Pin | null): Fork {
    const { logId, name } = prepared.branch;
    const { actor } = prepared.makes;
    const op = ulidFactory(this.#environment)();
    const undo = (): Promise<void> =>
      this.deleteBranch(name, { op, actor, message: null, ifCommit: null, ifLogId: logId });
    return pinnedFork(prepared, pin, () => this.starts.check(from, { but: logId }), undo);
  }

  /**
   * Deletes a branch for good by a seal at the end of its log; nothing is ever written after a seal. Errors: `branch_not_found`, `branch_protected`,
   * `precondition_failed` where the name has another log than the seal asks for, and those of `BranchWriter.submit`.
   */
  async deleteBranch(name: string, seal: SealRequest): Promise<void> {
    this.#checkWritable();
    await this.#branches.delete(name, (branch) => this.#seal(branch, seal));
  }

  /** The one writer of a branch in this process. Throws `read_only`. */
  writer(branch: BranchLog): BranchWriter {
    this.#checkWritable();
    this.intents.nudge();
    const there = this.#writers.get(branch);
    if (there !== undefined) return there;
    const made = this.#newWriter(branch);
    if (this.#writers.size >= MAX_WRITERS) this.#forgetIdle();
    this.#writers.set(branch, made);
    return made;
  }

  #newWriter(branch: BranchLog): BranchWriter {
    const onPut = (encoded: EncodedObject): void => this.#digests?.notePut(encoded);
    const context = { ...this.#shared(), onPut, synced: this.#synced };
    return new BranchWriter(branch, this.#environment, new Publisher(branch, context));
  }

  /** Any commit by its id: one read. Throws `commit_not_found`. */
  async commit(id: string, signal?: AbortSignal): Promise<CommitRecord> {
    const address = addressOf(id);
    const object = address === null ? null : await this.#objects.read(address.logId, address.slot, signal);
    const record = object?.commits[address?.index ?? 0];
    if (record?.header.id === id) return record;
    throw commitNotFound(this.#store.uri, id);
  }

  /** The commit of a write to a branch by its op, among those of the last `LIMITS.idempotencyWindow` slots; null if there is none. */
  async commitOf(branch: BranchLog, op: string): Promise<CommitRecord | null> {
    const { slot } = await branch.tip();
    return new OpWindow(branch).find(op, slot);
  }

  /** A commit and its first parents, back to the genesis. */
  history(from: CommitRecord, signal?: AbortSignal): AsyncGenerator<CommitRecord, void, undefined> {
    return this.#history.commits(from, signal);
  }

  /** The commits of `history` that may have changed an entity: all that did, and perhaps some that did not. Reads few others. */
  touching(
    from: CommitRecord,
    entity: EntityKey,
    signal?: AbortSignal,
  ): AsyncGenerator<CommitRecord, void, undefined> {
    return this.#history.touching(from, entity, signal);
  }

  /** The commits in slots `from` to `to` of a log, both included, in order. All are read at once, so ask for few. Throws `log_torn`. */
  async commits(
    logId: LogId,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly CommitRecord[]> {
    return (await this.#objects.range(logId, from, to, signal)).flatMap(({ commits }) => commits);
  }

  /** The merge bases of two commits; either may be one itself. More than one after merges in both directions. */
  async mergeBases(a: CommitRecord, b: CommitRecord, signal?: AbortSignal): Promise<readonly CommitRecord[]> {
    const ids = await this.#mergeBases.of(a.address.logId, a.header.id, b.header.id, signal);
    return Promise.all(ids.map((id) => this.commit(id, signal)));
  }

  /** The commits in the ancestry of a commit that are not in that of an ancestor, by all parents; in no promised order. */
  async commitsSince(
    ancestor: CommitRecord,
    commit: CommitRecord,
    signal?: AbortSignal,
  ): Promise<readonly CommitRecord[]> {
    const ids = await commitsSince(ancestor.header.id, commit.header.id, this.links, signal);
    return Promise.all(ids.map((id) => this.commit(id, signal)));
  }

  /** The graph at a commit. */
  async snapshot(commit: CommitRecord, signal?: AbortSignal): Promise<Snapshot> {
    return new Snapshot(commit, await this.#layouts.read(commit.header.layout, signal));
  }

  /** The changes of the commits of a range to a type, in order; commits that did not change it are left out. */
  async readChanges(range: SlotRange, type: TypeId, signal?: AbortSignal): Promise<readonly TypeChanges[]> {
    const found: TypeChanges[] = [];
    for (const commit of await this.#objects.records(range, signal)) {
      const { changes } = commit;
      if (changes.kind === "reclaimed") throw historyReclaimed(commit);
      const own = changes.kind === "rows" ? changes.rows.find((change) => change.type === type) : undefined;
      if (own !== undefined) found.push(own);
    }
    return found;
  }

  /** Reclaims what nothing needs any more. Throws `read_only`. */
  cleaner(): Cleaner {
    this.#checkWritable();
    const context = { ...this.#shared(), watched: this.#watched, mergeBases: this.#mergeBases };
    return new Cleaner({
      ...context,
      branches: () => this.#branches.list(),
      makeDurable: (commit) => this.#branches.makeDurable(commit),
    });
  }

  #shared(): Pick<CleanerContext, "graph" | "store" | "environment" | "objects" | "layouts"> {
    const [store, environment] = [this.#store, this.#environment];
    return { graph: this.id, store, environment, objects: this.#objects, layouts: this.#layouts };
  }

  /**
   * Copies the graph, or some branches with all that they stand on, as it is now, while it is written. Answers the branches with their heads in the copy.
   * Errors: those of `copyGraph`.
   */
  async copyInto(request: CopyRequest): Promise<readonly CopiedBranch[]> {
    const pins: Pin[] = [];
    // A graph that may not be written can be copied all the same, and a head that is none any more.
    const attempt = async (action: () => Promise<void>): Promise<void> => {
      if (this.readOnly) return;
      try {
        await action();
      } catch (cause) {
        if (!isError(cause, "store_denied") && !isError(cause, "history_reclaimed")) throw cause;
      }
    };
    const source = {
      store: this.#store,
      environment: this.#environment,
      format: this.#format,
      objects: this.#objects,
      branches: this.#branches,
      sync: (keys: readonly string[]) => attempt(() => this.#store.sync(keys)),
      hold: (log: BranchLog, end: CommitRecord) =>
        attempt(async () => {
          await this.#branches.makeDurable(end);
          if (!log.sealed) pins.push(await this.starts.pin(end, "backup"));
        }),
    };
    try {
      return await copyGraph(source, request);
    } finally {
      await Promise.all(pins.map((pin) => pin.release()));
    }
  }

  /** Waits for writes in progress and for the digests that they made due. The store stays open: it is the caller's. */
  async close(): Promise<void> {
    const writing = [...this.#writers.values()].map((writer) => writer.close());
    await Promise.all([...writing, this.intents.close()]);
    await this.#digests?.close();
  }

  async #seal(branch: BranchLog, seal: SealRequest): Promise<void> {
    if (seal.ifLogId !== undefined && branch.logId !== seal.ifLogId) throw branchReplaced(branch.name);
    const base = await branch.head();
    const writer = this.writer(branch);
    await writer.submit(sealOf(seal), { base, draft: SEAL });
    this.#writers.delete(branch);
  }

  /** Drops idle writers; a new one is made when it is needed. */
  #forgetIdle(): void {
    for (const [branch, writer] of this.#writers) if (writer.isIdle) this.#writers.delete(branch);
  }

  #checkWritable(): void {
    if (!this.readOnly) return;
    throw openedReadOnly(this.#store.uri);
  }
}
