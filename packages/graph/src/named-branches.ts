import type { BranchCreateOptions, BranchDeleteOptions, BranchSummary, CallOptions } from "./api.ts";
import type { Branches } from "./branches.ts";
import { limited } from "./call-limits.ts";
import type { Ground } from "./ground.ts";
import type { Diff, DiffOptions, MergeAnswer, MergeOptions, MergePreview } from "./merge/api.ts";
import { Diffs } from "./merge/diffs.ts";
import { Merges } from "./merge/merges.ts";

/** The branches of a graph: each a line of commits of its own, from the commit that it was made at. */
export class NamedBranches {
  readonly #ground: Ground;
  readonly #open: Branches;

  readonly #merges: Merges;
  readonly #diffs: Diffs;

  constructor(ground: Ground, open: Branches) {
    this.#ground = ground;
    this.#open = open;
    this.#merges = new Merges(ground, open);
    this.#diffs = new Diffs(ground, open);
  }

  /**
   * Makes a branch: one small object, whatever the graph holds and however long its history is.
   * Errors: `branch_exists`, `branch_name_invalid`, `branch_not_found` and `commit_not_found` of `from`, `outcome_unknown`.
   */
  async create(name: string, options: BranchCreateOptions = {}): Promise<BranchSummary> {
    this.#ground.lifetime.check();
    return limited(options, async (signal) => {
      const start = await this.#open.start(options.from ?? "main", signal);
      const branch = await this.#ground.log.createBranch(name, start, options.actor ?? this.#ground.actor);
      this.#open.adopt(branch, start);
      return { name, head: start.header.id, forkedFrom: start.header.id };
    });
  }

  /** Every branch, by name. */
  async list(options: CallOptions = {}): Promise<readonly BranchSummary[]> {
    this.#ground.lifetime.check();
    return limited(options, async (signal) => {
      const found = await this.#ground.log.listBranches(signal);
      return found.map(({ name, head, forkedFrom }) => ({ name, head: head.header.id, forkedFrom }));
    });
  }

  /**
   * Merges a branch into another: one commit that lands all of what the source changed since their newest common ancestor, or nothing.
   * Costs what the two branches changed. Errors: `merge_conflict` listing every conflict, `merge_itself`, `branch_not_found`, `resolutions_invalid`,
   * `too_contended`, `outcome_unknown`, failures of the store.
   */
  async merge(source: string, options: MergeOptions = {}): Promise<MergeAnswer> {
    this.#ground.lifetime.check();
    return this.#merges.merge(source, options);
  }

  /** What a merge would do now, with every conflict; writes nothing. Errors: `merge_itself`, `branch_not_found`, `resolutions_invalid`. */
  async previewMerge(source: string, options: MergeOptions = {}): Promise<MergePreview> {
    this.#ground.lifetime.check();
    return this.#merges.preview(source, options);
  }

  /** What turns one branch, or commit, into another. Costs what the commits since their common ancestor changed. Errors: `branch_not_found`, `commit_not_found`, `usage` for an unknown type. */
  async diff(from: string, to: string, options: DiffOptions = {}): Promise<Diff> {
    this.#ground.lifetime.check();
    return this.#diffs.diff(from, to, options);
  }

  /**
   * Deletes a branch. Its commits stay where other branches share them; writes under way on it are refused. The name is free again.
   * Errors: `branch_not_found`, `branch_protected`, `outcome_unknown`, failures of the store.
   */
  async delete(name: string, options: BranchDeleteOptions = {}): Promise<void> {
    this.#ground.lifetime.check();
    const { actor = this.#ground.actor, message = null } = options;
    return limited(options, () =>
      this.#open.delete(name, { op: this.#ground.mint(), actor, message, ifCommit: null }),
    );
  }
}
