import { lru } from "@omnigraph/base";
import type { View } from "@omnigraph/engine";
import type { BranchLog, CommitRecord } from "@omnigraph/log";
import type { GraphContext } from "../open/context.ts";
import type { NetChanges } from "../history/net-changes.ts";
import { openViewAt, regained } from "../history/view-at.ts";

/** A commit and the view of the graph at this commit. */
export interface CommitView {
  readonly commit: CommitRecord;
  readonly view: View;
}

/** Most views that are cached besides that of the head: for time travel, and for writers that are a commit behind. */
const MAX_VIEWS = 8;

/** What the views of a branch need from other branches. */
export interface Surroundings {
  /** A commit with its view, if another branch has that already; nothing is loaded. */
  elsewhere(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView | null>;
  /** A commit with its view, from the branch that the commit belongs to; it is loaded if necessary. Null if that branch is not open. */
  opened(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView | null>;
  readonly net: NetChanges;
}

/** How many commits the newest view of a branch may be behind the fork point of a new branch that still reuses it. */
const NEAR = 64;

/** Views of the commits of one branch. That of the head is made by advancing that of an earlier head across the commits since. */
export class BranchViews {
  readonly branch: BranchLog;
  readonly #context: GraphContext;
  readonly #around: Surroundings;
  readonly #cache = lru<CommitView>(MAX_VIEWS);
  #newest: CommitView | null = null;
  #origin: { readonly parent: BranchViews; readonly newest: CommitView } | null = null;
  /** When the newest view was last known to be that of the head, in monotonic milliseconds. */
  #confirmedMs = -Infinity;

  constructor(branch: BranchLog, context: GraphContext, around: Surroundings) {
    this.branch = branch;
    this.#context = context;
    this.#around = around;
  }

  /** The head with its view, if it was confirmed within the last `maxStalenessMs` and nothing newer is known; else null. */
  recent(maxStalenessMs: number): CommitView | null {
    const newest = this.#newest;
    if (newest === null || this.branch.known?.header.id !== newest.commit.header.id) return null;
    return this.#context.environment.clock.monotonicMs() - this.#confirmedMs <= maxStalenessMs
      ? newest
      : null;
  }

  /** The head as it is in the store now. Costs one probe if there is no new commit. */
  async head(signal?: AbortSignal): Promise<CommitView> {
    const asked = this.#context.environment.clock.monotonicMs();
    const commit = await this.branch.head(signal);
    const newest = this.#newest;
    if (newest?.commit !== commit) this.#context.log.intents.nudge();
    const found = newest !== null && newest.commit === commit ? newest : await this.at(commit, signal);
    if (found === this.#newest) this.#confirmedMs = Math.max(this.#confirmedMs, asked);
    return found;
  }

  /** A commit of this branch or any other, with its view. */
  async at(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView> {
    const held = this.held(commit.header.id);
    if (held !== null) return held;
    const reached = await this.reached(commit, signal);
    const isOwn = commit.address.logId === this.branch.logId;
    const shared = reached === null && !isOwn ? await this.#around.opened(commit, signal) : reached;
    const found = shared ?? (await this.#opened(commit, signal));
    this.#keep(found);
    return found;
  }

  /** A commit with its view, if that is cached. */
  held(id: string): CommitView | null {
    return this.#newest?.commit.header.id === id ? this.#newest : (this.#cache.get(id) ?? null);
  }

  /** A commit with its view, if that is cached or can be advanced from one that is; nothing is loaded. */
  async reached(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView | null> {
    const held = this.held(commit.header.id);
    if (held !== null) return held;
    if (commit.address.logId !== this.branch.logId) return this.#around.elsewhere(commit, signal);
    const found = await this.#advanced(commit, signal);
    // Later requests, of this branch or another, find it in the cache.
    if (found !== null) this.#keep(found);
    return found;
  }

  /** Forgets all views: the next one is opened from what its commit names. */
  forget(): void {
    this.#newest = null;
    this.#origin = null;
    this.#cache.clear();
  }

  /**
   * Remembers the newest view of the branch that this one was just made from: that branch may have advanced by the time the fork point is first read. The
   * view is advanced to the fork point only then, so that making a branch does not wait for it.
   */
  inherit(parent: BranchViews, { header }: CommitRecord): void {
    const newest = parent.#newest;
    if (newest === null) return;
    const behind = header.depth - newest.commit.header.depth;
    if (behind >= 0 && behind <= NEAR) this.#origin = { parent, newest };
  }

  /** The newest view, or that of the fork point, advanced to a commit. Null if it is not an ancestor, or a commit on the way cannot be applied as rows. */
  async #advanced(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView | null> {
    const from = this.#newest ?? (await this.#forkPoint(signal));
    return from === null ? null : this.#advancedFrom(from, commit, signal);
  }

  async #advancedFrom(
    from: CommitView,
    commit: CommitRecord,
    signal?: AbortSignal,
  ): Promise<CommitView | null> {
    if (from.commit.header.depth >= commit.header.depth) return null;
    const between = await this.branch.between(from.commit.address, commit.address, signal);
    let reached = from;
    for (const next of between) {
      const view = await this.#after(reached, next, signal);
      if (view === null) return null;
      reached = { commit: next, view };
    }
    return reached;
  }

  /** The view after one more commit; null if the changes of that commit are not known as rows. */
  async #after(
    { commit: before, view: former }: CommitView,
    { header, changes }: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<View | null> {
    let view = former;
    if (header.schema !== before.header.schema) {
      const catalog = await this.#context.catalogs.read(header.schema, signal);
      if (regained(former.catalog, catalog.typeById.values())) return null;
      view = former.under(catalog);
    }
    if (changes.kind === "rows")
      return changes.replaced.length > 0 ? null : view.advance(changes.rows, header.counts);
    if (changes.kind === "fold") return view.advance([], header.counts);
    const [, id] = header.parents;
    if (changes.kind !== "fast_forward" || id === undefined) return null;
    const theirs = await this.#context.log.commit(id, signal);
    const there = await this.#around.elsewhere(theirs, signal);
    if (there !== null) return there.view;
    const rows = await this.#around.net.rowsBetween(before, theirs, signal);
    return rows === null ? null : view.advance(rows, header.counts);
  }

  async #forkPoint(signal?: AbortSignal): Promise<CommitView | null> {
    if (this.branch.fork === null) return null;
    const { commit } = await this.branch.forkPoint(signal);
    const origin = this.#origin;
    this.#origin = null;
    let found = await this.#around.elsewhere(commit, signal);
    if (found === null && origin !== null)
      found =
        origin.newest.commit === commit
          ? origin.newest
          : await origin.parent.#advancedFrom(origin.newest, commit, signal);
    // Loaded by the branch of the fork point, so that all branches made at this commit share it.
    found ??= await this.#around.opened(commit, signal);
    await found?.view.catchUp();
    return found;
  }

  async #opened(commit: CommitRecord, signal?: AbortSignal): Promise<CommitView> {
    return { commit, view: await openViewAt(commit, this.#context, signal) };
  }

  #keep(at: CommitView): void {
    const newest = this.#newest;
    const { header, address } = at.commit;
    const isOwn = address.logId === this.branch.logId || header.id === this.branch.fork;
    if (isOwn && (newest === null || header.depth > newest.commit.header.depth)) {
      this.#newest = at;
      return;
    }
    this.#cache.set(at.commit.header.id, at);
  }
}
