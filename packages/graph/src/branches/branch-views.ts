import type { View } from "@omnigraph/engine";
import type { BranchLog, CommitRecord } from "@omnigraph/log";
import type { Ground } from "../open/context.ts";
import type { NetChanges } from "../history/net-changes.ts";
import { openViewAt } from "../history/view-at.ts";

/** A commit with the view of the graph at it. */
export interface Sight {
  readonly commit: CommitRecord;
  readonly view: View;
}

/** Views of commits that are kept besides the head's: for time travel, and for writers that are a step behind. */
const KEPT_VIEWS = 8;

/** What a branch's views take from beside the branch. */
export interface Surroundings {
  /** The sight of a commit as other branches have it, without loading anything. */
  elsewhere(commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null>;
  /** The sight of a commit among those of its own branch, opened there where it must be; null where that branch is not open. */
  opened(commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null>;
  readonly net: NetChanges;
}

/** Commits behind which a view may be and still be brought forward where nobody waits for it. */
const NEAR = 64;

/** Views of one branch's commits. The head's is made from the former head's by the commits that came between. */
export class BranchViews {
  readonly branch: BranchLog;
  readonly #ground: Ground;
  readonly #around: Surroundings;
  readonly #kept = new Map<string, Sight>();
  #newest: Sight | null = null;
  #origin: { readonly parent: BranchViews; readonly sight: Sight } | null = null;
  /** Monotonic milliseconds at which the newest was last known to be the head. */
  #confirmedMs = -Infinity;

  constructor(branch: BranchLog, ground: Ground, around: Surroundings) {
    this.branch = branch;
    this.#ground = ground;
    this.#around = around;
  }

  /** The head's sight if it was confirmed within so many milliseconds and nothing newer is known, else null. */
  recent(maxStalenessMs: number): Sight | null {
    const newest = this.#newest;
    if (newest === null || this.branch.known?.header.id !== newest.commit.header.id) return null;
    return this.#ground.environment.clock.monotonicMs() - this.#confirmedMs <= maxStalenessMs ? newest : null;
  }

  /** The head as the store has it now: one probe when nothing came since. */
  async head(signal?: AbortSignal): Promise<Sight> {
    const asked = this.#ground.environment.clock.monotonicMs();
    const commit = await this.branch.head(signal);
    const newest = this.#newest;
    const sight = newest !== null && newest.commit === commit ? newest : await this.at(commit, signal);
    if (sight === this.#newest) this.#confirmedMs = Math.max(this.#confirmedMs, asked);
    return sight;
  }

  /** The sight of a commit, of this branch or any other. */
  async at(commit: CommitRecord, signal?: AbortSignal): Promise<Sight> {
    const held = this.held(commit.header.id);
    if (held !== null) return held;
    const reached = await this.reached(commit, signal);
    const isOwn = commit.address.logId === this.branch.logId;
    const shared = reached === null && !isOwn ? await this.#around.opened(commit, signal) : reached;
    const sight = shared ?? (await this.#opened(commit, signal));
    this.#keep(sight);
    return sight;
  }

  /** The sight of a commit if it is at hand. */
  held(id: string): Sight | null {
    return this.#newest?.commit.header.id === id ? this.#newest : (this.#kept.get(id) ?? null);
  }

  /** The sight of a commit if it is at hand, or some commits after one that is; nothing is loaded. */
  async reached(commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null> {
    const held = this.held(commit.header.id);
    if (held !== null) return held;
    if (commit.address.logId !== this.branch.logId) return this.#around.elsewhere(commit, signal);
    const sight = await this.#advanced(commit, signal);
    // Whoever asks next, of this branch or another, finds it.
    if (sight !== null) this.#keep(sight);
    return sight;
  }

  /**
   * Remembers the newest sight of the branch that this one was just made of, which may have moved on when the fork point is read first. It is brought
   * forward only then: making a branch costs nothing of it.
   */
  inherit(parent: BranchViews, { header }: CommitRecord): void {
    const sight = parent.#newest;
    if (sight === null) return;
    const behind = header.depth - sight.commit.header.depth;
    if (behind >= 0 && behind <= NEAR) this.#origin = { parent, sight };
  }

  /** The newest sight, or that of the fork point, advanced by the commits since; null when it is not an ancestor, or the way leads over more than rows. */
  async #advanced(commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null> {
    const from = this.#newest ?? (await this.#forkPoint(signal));
    return from === null ? null : this.#advancedFrom(from, commit, signal);
  }

  async #advancedFrom(from: Sight, commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null> {
    if (from.commit.header.depth >= commit.header.depth) return null;
    const between = await this.branch.between(from.commit.address, commit.address, signal);
    let sight = from;
    for (const next of between) {
      if (next.header.schema !== from.commit.header.schema) return null;
      const view = await this.#after(sight, next, signal);
      if (view === null) return null;
      sight = { commit: next, view };
    }
    return sight;
  }

  /** The view after one more commit; null where it adopts tables. */
  async #after(
    { commit: before, view }: Sight,
    { header, changes }: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<View | null> {
    if (changes.kind === "rows")
      return changes.replaced.length > 0 ? null : view.advance(changes.rows, header.counts);
    const [, id] = header.parents;
    if (changes.kind !== "forward" || id === undefined) return null;
    const theirs = await this.#ground.log.commit(id, signal);
    const sight = await this.#around.elsewhere(theirs, signal);
    if (sight !== null) return sight.view;
    const rows = await this.#around.net.rowsBetween(before, theirs, signal);
    return rows === null ? null : view.advance(rows, header.counts);
  }

  async #forkPoint(signal?: AbortSignal): Promise<Sight | null> {
    if (this.branch.fork === null) return null;
    const { commit } = await this.branch.forkPoint(signal);
    const origin = this.#origin;
    this.#origin = null;
    let sight = await this.#around.elsewhere(commit, signal);
    if (sight === null && origin !== null)
      sight =
        origin.sight.commit === commit
          ? origin.sight
          : await origin.parent.#advancedFrom(origin.sight, commit, signal);
    // What is loaded for one of the branches that are made here serves all of them.
    sight ??= await this.#around.opened(commit, signal);
    await sight?.view.catchUp();
    return sight;
  }

  async #opened(commit: CommitRecord, signal?: AbortSignal): Promise<Sight> {
    return { commit, view: await openViewAt(commit, this.#ground, signal) };
  }

  #keep(sight: Sight): void {
    const newest = this.#newest;
    const { header, address } = sight.commit;
    const isOwn = address.logId === this.branch.logId || header.id === this.branch.fork;
    if (isOwn && (newest === null || header.depth > newest.commit.header.depth)) {
      this.#newest = sight;
      return;
    }
    this.#kept.set(sight.commit.header.id, sight);
    for (const [id] of this.#kept) {
      if (this.#kept.size <= KEPT_VIEWS) break;
      this.#kept.delete(id);
    }
  }
}
