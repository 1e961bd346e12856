import { openView, type View } from "@omnigraph/engine";
import type { BranchLog, CommitRecord } from "@omnigraph/log";
import type { Ground } from "./ground.ts";
import { LogSnapshotSource } from "./snapshot-source.ts";

/** A commit with the view of the graph at it. */
export interface Sight {
  readonly commit: CommitRecord;
  readonly view: View;
}

/** Views of commits that are kept besides the head's: for time travel, and for writers that are a step behind. */
const KEPT_VIEWS = 8;

/** Views of one branch's commits. The head's is made from the former head's by the commits that came between. */
export class BranchViews {
  readonly branch: BranchLog;
  readonly #ground: Ground;
  readonly #kept = new Map<string, Sight>();
  #newest: Sight | null = null;
  /** Monotonic milliseconds at which the newest was last known to be the head. */
  #confirmedMs = -Infinity;

  constructor(branch: BranchLog, ground: Ground) {
    this.branch = branch;
    this.#ground = ground;
  }

  /** The head's sight if it was confirmed within so many milliseconds and nothing newer is known, else null. */
  recent(maxStalenessMs: number): Sight | null {
    const newest = this.#newest;
    if (newest === null || this.branch.known !== newest.commit) return null;
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

  /** The sight of a commit of this branch. */
  async at(commit: CommitRecord, signal?: AbortSignal): Promise<Sight> {
    const { id } = commit.header;
    if (this.#newest?.commit.header.id === id) return this.#newest;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const sight = (await this.#advanced(commit, signal)) ?? (await this.#opened(commit, signal));
    this.#keep(sight);
    return sight;
  }

  /** The newest view, advanced by the commits since; null when it is not an ancestor, or the way leads over more than rows. */
  async #advanced(commit: CommitRecord, signal?: AbortSignal): Promise<Sight | null> {
    const from = this.#newest;
    if (from === null || from.commit.address.tag !== commit.address.tag) return null;
    if (from.commit.header.depth >= commit.header.depth) return null;
    const between = await this.branch.between(from.commit.address, commit.address, signal);
    let { view } = from;
    for (const { header, changes } of between) {
      if (
        changes.kind !== "rows" ||
        changes.replaced.length > 0 ||
        header.schema !== from.commit.header.schema
      )
        return null;
      view = view.advance(changes.rows, header.counts);
    }
    return { commit, view };
  }

  async #opened(commit: CommitRecord, signal?: AbortSignal): Promise<Sight> {
    const { log, layers, catalogs, budget } = this.#ground;
    const [snapshot, catalog] = await Promise.all([
      log.snapshot(commit, signal),
      catalogs.read(commit.header.schema, signal),
    ]);
    return { commit, view: openView(catalog, new LogSnapshotSource(snapshot, log, layers), budget) };
  }

  #keep(sight: Sight): void {
    const newest = this.#newest;
    if (newest === null || sight.commit.header.depth > newest.commit.header.depth) {
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
