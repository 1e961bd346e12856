import { clipped, isError, isUlid, LIMITS, OmnigraphError, quoted } from "@omnigraph/base";
import type { View } from "@omnigraph/engine";
import { addressOf, type BranchLog, type CommitRecord, MAIN_LOG_ID, type SealRequest } from "@omnigraph/log";
import type { ReadOptions } from "../api/graph.ts";
import { BranchViews, type CommitView } from "./branch-views.ts";
import type { GraphContext } from "../open/context.ts";
import { commitNamed } from "../history/commit-names.ts";
import { isReclaimed } from "../open/reclaimed.ts";
import { NetChanges } from "../history/net-changes.ts";
import { commitAt } from "../history/time-travel.ts";
import { openViewAt } from "../history/view-at.ts";
import { type Branch, OpenBranches } from "./open-branches.ts";
import { BranchWrites, type Making, type OnCommit } from "./branch-writes.ts";

/** The branch that a write goes to, which may still have to be made. */
export interface Target {
  readonly writes: BranchWrites;
  /** Its head, or the commit that it will be made from. */
  readonly start: CommitView;
}

/** The result of a write, and whether it made its branch. */
export interface WrittenTo<T> {
  readonly result: T;
  readonly created: boolean;
}

interface MakeOptions {
  /** The author of the branch. */
  readonly actor: string | null;
  readonly signal?: AbortSignal;
}

/** The branches that this handle uses. */
export class Branches {
  readonly #context: GraphContext;
  /** Net changes between commits, of any branches. */
  readonly net: NetChanges;
  readonly #open = new OpenBranches();
  readonly #onCommit: OnCommit;

  constructor(context: GraphContext, onCommit: OnCommit) {
    this.#context = context;
    this.#onCommit = onCommit;
    this.net = new NetChanges(context, (commit, signal) => this.viewAt(commit, signal));
  }

  /** Errors: `branch_not_found`. */
  async get(name = "main"): Promise<Branch> {
    const there = this.#open.named(name);
    if (there !== undefined) return there;
    const log = await this.#context.log.branch(name);
    // Two calls may have opened it at the same time; both use the one that was added first.
    const now = this.#open.named(name);
    return now?.views.branch === log ? now : this.#keep(log);
  }

  /** Does something on the branch that has a name now; a second time if the branch that was open turns out to be deleted. Errors: as `get`. */
  async use<T>(name: string | undefined, action: (branch: Branch) => Promise<T>): Promise<T> {
    for (;;) {
      const branch = this.#open.named(name ?? "main") ?? (await this.get(name));
      try {
        return await action(branch);
      } catch (thrown) {
        if (!isError(thrown, "branch_not_found") || !branch.views.branch.sealed) throw thrown;
      }
    }
  }

  /** The head within the staleness that the caller allows, if it is known without waiting. */
  recent({ branch, at, maxStalenessMs }: ReadOptions): CommitView | null {
    if (maxStalenessMs === undefined || maxStalenessMs <= 0 || at !== undefined) return null;
    return this.#open.named(branch ?? "main")?.views.recent(maxStalenessMs) ?? null;
  }

  /** The commit that a read asks for, with its view. Errors: `branch_not_found`, `commit_not_found`, `history_reclaimed`. */
  async commitView(
    { branch, at }: Pick<ReadOptions, "branch" | "at">,
    signal?: AbortSignal,
  ): Promise<CommitView> {
    return this.use(branch, async ({ views }) => {
      if (at === undefined) return views.head(signal);
      const { log } = this.#context;
      const commit = await commitAt(at, () => views.branch.head(signal), log, signal);
      await log.starts.check(commit, { signal });
      return views.at(commit, signal);
    });
  }

  /**
   * Does something again if it failed for what cleanup has removed. A view that was advanced across a fold still reads the tables before it, which the head no
   * longer needs, so all views are opened anew then: `own` too, which are those of a branch that is still being made.
   */
  async fresh<T>(action: () => Promise<T>, own?: BranchViews): Promise<T> {
    try {
      return await action();
    } catch (thrown) {
      if (!(await isReclaimed(this.#context.log, thrown))) throw thrown;
      for (const { views } of this.#open) views.forget();
      own?.forget();
      return action();
    }
  }

  /** The commit that a branch is made from, or that a diff begins or ends at. Errors: as `commitNamed`. */
  start(from: string, signal?: AbortSignal): Promise<CommitRecord> {
    return commitNamed(from, this.#context.log, "branch_not_found", signal);
  }

  /** Opens a branch that was just made: it shares the memory of the branch that it was made from. */
  adopt(log: BranchLog, fork: CommitRecord): Branch {
    const made = this.#keep(log);
    this.#inherit(made.views, fork);
    return made;
  }

  /**
   * Does a write on a branch. With `from`, a missing branch is made from there, and becomes visible only when `write` has ended. If another call makes a
   * branch of this name first, or the branch is deleted during the write, everything is repeated as in a later call: `write` may run more than once.
   * Errors: `branch_not_found`, `commit_not_found`, `branch_exists` where the branch was not made from `from`, `too_contended`, those of `write`.
   */
  async into<T>(
    name: string,
    { from, ...options }: MakeOptions & { readonly from?: string },
    write: (target: Target) => Promise<T>,
  ): Promise<WrittenTo<T>> {
    const { signal } = options;
    const onto = async ({ views, writes }: Branch): Promise<WrittenTo<T>> => ({
      result: await write({ writes, start: await views.head(signal) }),
      created: false,
    });
    if (from === undefined) return this.use(name, onto);
    const tries = LIMITS.writeAttempts.value;
    for (let n = 0; n < tries; n++) {
      const start = await this.start(from, signal);
      const there = await this.#there(name, signal);
      if (there === null) {
        const made = await this.#made(name, start, options, write);
        if (made !== null) return made;
        continue;
      }
      await this.#checkFork(there.views.branch, from, start);
      try {
        return await onto(there);
      } catch (thrown) {
        if (!isError(thrown, "branch_not_found") || !there.views.branch.sealed) throw thrown;
      }
    }
    throw new OmnigraphError(
      "too_contended",
      `others made or deleted branch ${quoted(name)} under each of ${tries} attempts to write to it; nothing was written: repeat the call later`,
      { details: { branch: name, attempts: tries } },
    );
  }

  /** Does a write on a new branch. Null if another call made a branch of this name first: then what was written is in a log that no name refers to. */
  async #made<T>(
    name: string,
    start: CommitRecord,
    { actor, signal }: MakeOptions,
    write: (target: Target) => Promise<T>,
  ): Promise<WrittenTo<T> | null> {
    const fork = await unlessExists(this.#context.log.fork(name, start, actor));
    if (fork === null) return null;
    const views = this.#viewsOf(fork.branch);
    this.#inherit(views, start);
    let naming: Promise<void> | null = null;
    const named = (): Promise<void> => (naming ??= fork.publish());
    let result: T;
    try {
      const writes = this.#writesOf(views, { makes: fork.makes, named });
      result = await write({ writes, start: await views.head(signal) });
    } catch (thrown) {
      if (naming === null) await fork.cancel();
      throw thrown;
    }
    if ((await unlessExists(named().then(() => true))) === null) return null;
    this.#open.add({ views, writes: this.#writesOf(views) });
    return { result, created: true };
  }

  /** Deletes the branch that has a name now, and frees its memory. Errors: as `GraphLog.deleteBranch`. */
  async delete(name: string, seal: SealRequest): Promise<void> {
    await this.#context.log.deleteBranch(name, seal);
    this.#open.forgetDeleted(name);
  }

  #inherit(views: BranchViews, fork: CommitRecord): void {
    const parent = this.#open.of(fork.address.logId);
    if (parent !== undefined) views.inherit(parent.views, fork);
  }

  async #there(name: string, signal: AbortSignal | undefined): Promise<Branch | null> {
    try {
      // The branch that is open here may be an earlier one of this name.
      const log = await this.#context.log.liveBranch(name, signal);
      const open = this.#open.named(name);
      return open?.views.branch === log ? open : this.#keep(log);
    } catch (thrown) {
      if (!isError(thrown, "branch_not_found")) throw thrown;
      return null;
    }
  }

  /**
   * Checks that an existing branch is one that this call could have made: from the commit that `from` names, or from an earlier commit of the branch that it
   * names, which may have been its head when an earlier attempt began.
   */
  async #checkFork(branch: BranchLog, from: string, start: CommitRecord): Promise<void> {
    if (branch.fork === start.header.id) return;
    const forkLogId = branch.fork === null ? undefined : addressOf(branch.fork)?.logId;
    const named = await this.#logNamed(from);
    if (
      forkLogId !== undefined &&
      named !== null &&
      (forkLogId === named.logId || branch.fork === named.fork)
    )
      return;
    throw new OmnigraphError(
      "branch_exists",
      `branch ${quoted(branch.name)} is there already, and was not made from ${clipped(from)}; leave out from, or name another branch`,
      { details: { branch: branch.name, forked_from: branch.fork } },
    );
  }

  /** The log of the branch with a name; null if there is none, because the name means a commit in another way. */
  async #logNamed(name: string): Promise<BranchLog | null> {
    if (isUlid(name.toUpperCase())) return null;
    try {
      return await this.#context.log.branch(name);
    } catch (thrown) {
      if (isError(thrown, "branch_not_found") || isError(thrown, "branch_name_invalid")) return null;
      throw thrown;
    }
  }

  #keep(log: BranchLog): Branch {
    const views = this.#viewsOf(log);
    const made = { views, writes: this.#writesOf(views) };
    this.#open.add(made);
    return made;
  }

  #writesOf(views: BranchViews, making: Making | null = null): BranchWrites {
    const fresh = <T>(action: () => Promise<T>): Promise<T> => this.fresh(action, views);
    return new BranchWrites(this.#context, views, this.net, { fresh, onCommit: this.#onCommit, making });
  }

  #viewsOf(log: BranchLog): BranchViews {
    return new BranchViews(log, this.#context, {
      elsewhere: (commit, signal) => this.#nearby(log, commit, signal),
      opened: (commit, signal) => this.#opened(commit, signal),
      net: this.net,
    });
  }

  async #opened(commit: CommitRecord, signal: AbortSignal | undefined): Promise<CommitView | null> {
    const { logId } = commit.address;
    if (logId === MAIN_LOG_ID) return (await this.get()).views.at(commit, signal);
    return this.#open.of(logId)?.views.at(commit, signal) ?? null;
  }

  /** The graph at a commit of any branch, from resident views if possible. */
  async viewAt(commit: CommitRecord, signal?: AbortSignal): Promise<View> {
    const found = await this.#nearby(null, commit, signal);
    return found?.view ?? openViewAt(commit, this.#context, signal);
  }

  /** A commit with its view, if a branch other than the one that asks has it. */
  async #nearby(
    asker: BranchLog | null,
    commit: CommitRecord,
    signal?: AbortSignal,
  ): Promise<CommitView | null> {
    const own = this.#open.of(commit.address.logId);
    const found =
      own === undefined || own.views.branch === asker ? null : await own.views.reached(commit, signal);
    if (found !== null) return found;
    for (const { views } of this.#open) {
      const held = views.branch === asker ? null : views.held(commit.header.id);
      if (held !== null) return held;
    }
    return null;
  }
}

/** Null if the branch exists already: another call was first. */
async function unlessExists<T>(making: Promise<T>): Promise<T | null> {
  try {
    return await making;
  } catch (thrown) {
    if (isError(thrown, "branch_exists")) return null;
    throw thrown;
  }
}
