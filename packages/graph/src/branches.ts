import type { ReadOptions } from "./api.ts";
import { BranchViews, type Sight } from "./branch-views.ts";
import type { Ground } from "./ground.ts";
import { BranchWrites } from "./writes.ts";

interface Branch {
  readonly views: BranchViews;
  readonly writes: BranchWrites;
}

/** The branches that this handle has used. */
export class Branches {
  readonly #ground: Ground;
  readonly #open = new Map<string, Branch>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Errors: `branch_not_found`, `closed`. */
  async get(name = "main"): Promise<Branch> {
    this.#ground.lifetime.check();
    const there = this.#open.get(name);
    if (there !== undefined) return there;
    const views = new BranchViews(await this.#ground.log.branch(name), this.#ground);
    // Two calls may have waited side by side; the first one's is kept.
    const made = this.#open.get(name) ?? { views, writes: new BranchWrites(this.#ground, views) };
    this.#open.set(name, made);
    return made;
  }

  /** The head within the caller's staleness, if that can be told without waiting. */
  recent({ branch, at, maxStalenessMs }: ReadOptions): Sight | null {
    if (maxStalenessMs === undefined || maxStalenessMs <= 0 || at !== undefined) return null;
    this.#ground.lifetime.check();
    return this.#open.get(branch ?? "main")?.views.recent(maxStalenessMs) ?? null;
  }

  /** The snapshot that a read asks for. Errors: `branch_not_found`, `commit_not_found`. */
  async sight({ branch, at, signal }: Pick<ReadOptions, "branch" | "at" | "signal">): Promise<Sight> {
    const { views } = await this.get(branch);
    return at === undefined
      ? views.head(signal)
      : views.at(await this.#ground.log.commit(at, signal), signal);
  }
}
