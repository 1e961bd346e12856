import type { CommitRecord } from "./commit/header.ts";
import { type Fold, foldedPieces, type FoldedRun, reachesTail } from "./layout/fold.ts";
import type { CommitObjects } from "./reading/commit-objects.ts";
import type { Layouts } from "./reading/layouts.ts";

/** What a fold can stand for, at commits of the log. */
export class Folds {
  readonly #objects: CommitObjects;
  readonly #layouts: Layouts;

  constructor(objects: CommitObjects, layouts: Layouts) {
    this.#objects = objects;
    this.#layouts = layouts;
  }

  /**
   * How far a fold of runs of the snapshot at a commit reaches: its `through`. Null where that cannot be said: the commit is a fork point within an object, and
   * a run reaches its end.
   */
  async reach(
    commit: CommitRecord,
    runs: readonly Pick<FoldedRun, "type" | "pieces">[],
    signal?: AbortSignal,
  ): Promise<Pick<Fold, "through"> | null> {
    const layout = await this.#layouts.read(commit.header.layout, signal);
    if (!runs.some((run) => reachesTail(layout, run))) return { through: null };
    const { logId, slot, index } = commit.address;
    const object = await this.#objects.expect(logId, slot, signal);
    return index === object.commits.length - 1 ? { through: commit.address } : null;
  }

  /** Whether what a fold makes one layer of is still there at a commit, under the schema of the one that was folded. */
  async hold({ header }: CommitRecord, fold: Fold, schema: string): Promise<boolean> {
    if (header.schema !== schema) return false;
    const layout = await this.#layouts.read(header.layout);
    return foldedPieces({ layout, tail: header.tail }, header.counts.keys(), fold) !== null;
  }
}
