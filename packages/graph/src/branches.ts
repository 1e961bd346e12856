import { isError, isUlid, OmnigraphError, clipped, quoted } from "@omnigraph/base";
import type { View } from "@omnigraph/engine";
import {
  addressOf,
  type BranchLog,
  type CommitRecord,
  MAIN_TAG,
  type SealRequest,
  type Tag,
} from "@omnigraph/log";
import type { ReadOptions } from "./api.ts";
import { BranchViews, type Sight } from "./branch-views.ts";
import type { Ground } from "./ground.ts";
import { commitNamed } from "./history/commit-names.ts";
import { NetChanges } from "./history/net-changes.ts";
import { commitAt } from "./history/time-travel.ts";
import { openViewAt } from "./history/view-at.ts";
import { type Branch, OpenBranches } from "./open-branches.ts";
import { BranchWrites } from "./writes.ts";

/** Where a write goes that may make its branch. */
export interface Target {
  readonly writes: BranchWrites;
  /** Its head, or the commit that it is to be made at. */
  readonly sight: Sight;
  /** Makes the branch, once its first commit is there; null where the branch is there already. */
  readonly publish: (() => Promise<void>) | null;
}

/** The branches that this handle has used. */
export class Branches {
  readonly #ground: Ground;
  /** What lies between commits of any branches. */
  readonly net: NetChanges;
  readonly #open = new OpenBranches();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.net = new NetChanges(ground, (commit, signal) => this.#viewAt(commit, signal));
  }

  /** Errors: `branch_not_found`. */
  async get(name = "main"): Promise<Branch> {
    const there = this.#open.named(name);
    if (there !== undefined) return there;
    const log = await this.#ground.log.branch(name);
    // Two calls may have waited side by side; the first one's is kept.
    const now = this.#open.named(name);
    return now?.views.branch === log ? now : this.#keep(log);
  }

  /** Does something on the branch that has a name now: again where the one that was known turns out to be deleted. Errors: as `get`. */
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

  /** The head within the caller's staleness, if that can be told without waiting. */
  recent({ branch, at, maxStalenessMs }: ReadOptions): Sight | null {
    if (maxStalenessMs === undefined || maxStalenessMs <= 0 || at !== undefined) return null;
    return this.#open.named(branch ?? "main")?.views.recent(maxStalenessMs) ?? null;
  }

  /** The snapshot that a read asks for. Errors: `branch_not_found`, `commit_not_found`. */
  async sight({ branch, at }: Pick<ReadOptions, "branch" | "at">, signal?: AbortSignal): Promise<Sight> {
    return this.use(branch, async ({ views }) => {
      if (at === undefined) return views.head(signal);
      const commit = await commitAt(at, () => views.branch.head(signal), this.#ground.log, signal);
      return views.at(commit, signal);
    });
  }

  /** The commit that a branch is to be made at, or that a diff begins or ends at. Errors: as `commitNamed`. */
  start(from: string, signal?: AbortSignal): Promise<CommitRecord> {
    return commitNamed(from, this.#ground.log, "branch_not_found", signal);
  }

  /** Takes up a branch that was just made: it shares what the one that it was made of holds in memory. */
  adopt(log: BranchLog, fork: CommitRecord): Branch {
    const made = this.#keep(log);
    this.#inherit(made.views, fork);
    return made;
  }

  /**
   * The branch that a write goes to. With `from` a missing one is made there: its log can be written, and nobody sees it before `publish`.
   * Errors: `branch_not_found`, `commit_not_found`, `branch_exists` where the branch was made elsewhere.
   */
  async target(
    name: string,
    {
      from,
      actor,
      signal,
    }: { readonly from?: string; readonly actor?: string; readonly signal?: AbortSignal },
  ): Promise<Target> {
    if (from === undefined) {
      return this.use(name, async ({ views, writes }) => ({
        writes,
        sight: await views.head(signal),
        publish: null,
      }));
    }
    const { log } = this.#ground;
    const start = await this.start(from, signal);
    const there = await this.#there(name, signal);
    if (there !== null) {
      await this.#checkFork(there.views.branch, from, start);
      return { writes: there.writes, sight: await there.views.head(signal), publish: null };
    }
    const fork = await log.fork(name, start, actor ?? this.#ground.actor);
    const views = this.#viewsOf(fork.branch);
    this.#inherit(views, start);
    const branch = { views, writes: new BranchWrites(this.#ground, views, this.net) };
    const publish = async (): Promise<void> => {
      await fork.publish();
      this.#open.add(branch);
    };
    return { writes: branch.writes, sight: await views.head(signal), publish };
  }

  /** Deletes the branch that a name has now, and lets go of what it holds in memory. Errors: as `GraphLog.deleteBranch`. */
  async delete(name: string, seal: SealRequest): Promise<void> {
    await this.#ground.log.deleteBranch(name, seal);
    this.#open.forgetDeleted(name);
  }

  #inherit(views: BranchViews, fork: CommitRecord): void {
    const parent = this.#open.of(fork.address.tag);
    if (parent !== undefined) views.inherit(parent.views, fork);
  }

  async #there(name: string, signal: AbortSignal | undefined): Promise<Branch | null> {
    try {
      await this.#ground.log.head(name, signal);
      return await this.get(name);
    } catch (thrown) {
      if (!isError(thrown, "branch_not_found")) throw thrown;
      return null;
    }
  }

  /** A branch that is there already must be one that this call could have made: at that commit, or at an earlier one of that branch. */
  async #checkFork(branch: BranchLog, from: string, start: CommitRecord): Promise<void> {
    if (branch.fork === start.header.id) return;
    const forkTag = branch.fork === null ? null : addressOf(branch.fork)?.tag;
    if (forkTag !== undefined && forkTag === (await this.#tagNamed(from))) return;
    throw new OmnigraphError(
      "branch_exists",
      `branch ${quoted(branch.name)} is there already, and was not made from ${clipped(from)}; leave out from, or name another branch`,
      { details: { branch: branch.name, forked_from: branch.fork } },
    );
  }

  /** The log of the branch of a name; null where the name is no branch's, but another way to name a commit. */
  async #tagNamed(name: string): Promise<Tag | null> {
    if (isUlid(name.toUpperCase())) return null;
    try {
      return (await this.#ground.log.branch(name)).tag;
    } catch (thrown) {
      if (isError(thrown, "branch_not_found") || isError(thrown, "branch_name_invalid")) return null;
      throw thrown;
    }
  }

  #keep(log: BranchLog): Branch {
    const views = this.#viewsOf(log);
    const made = { views, writes: new BranchWrites(this.#ground, views, this.net) };
    this.#open.add(made);
    return made;
  }

  #viewsOf(log: BranchLog): BranchViews {
    return new BranchViews(log, this.#ground, {
      elsewhere: (commit, signal) => this.#nearby(log, commit, signal),
      opened: (commit, signal) => this.#opened(commit, signal),
      net: this.net,
    });
  }

  async #opened(commit: CommitRecord, signal: AbortSignal | undefined): Promise<Sight | null> {
    const { tag } = commit.address;
    if (tag === MAIN_TAG) return (await this.get()).views.at(commit, signal);
    return this.#open.of(tag)?.views.at(commit, signal) ?? null;
  }

  /** The graph at a commit of any branch, from what is resident where that can be. */
  async #viewAt(commit: CommitRecord, signal?: AbortSignal): Promise<View> {
    const sight = await this.#nearby(null, commit, signal);
    return sight?.view ?? openViewAt(commit, this.#ground, signal);
  }

  /** The sight of a commit as branches other than the one that asks have it. */
  async #nearby(asker: BranchLog | null, commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null> {
    const own = this.#open.of(commit.address.tag);
    const sight =
      own === undefined || own.views.branch === asker ? null : await own.views.reached(commit, signal);
    if (sight !== null) return sight;
    for (const { views } of this.#open) {
      const held = views.branch === asker ? null : views.held(commit.header.id);
      if (held !== null) return held;
    }
    return null;
  }
}
