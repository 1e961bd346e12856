import { OmnigraphError } from "@omnigraph/base";
import type { BranchCreateOptions, BranchDeleteOptions, BranchSummary, CallOptions } from "./api.ts";
import type { Branches } from "./branches.ts";
import { limited } from "./call-limits.ts";
import type { Ground } from "./ground.ts";
import type { Diff, DiffOptions, MergeAnswer, MergeOptions, MergePreview } from "./merge/api.ts";

/** The branches of a graph: each a line of commits of its own, from the commit that it was made at. */
export class NamedBranches {
  readonly #ground: Ground;
  readonly #open: Branches;

  constructor(ground: Ground, open: Branches) {
    this.#ground = ground;
    this.#open = open;
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
      await this.#open.adopt(branch, start);
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
   * Deletes a branch. Its commits stay where other branches share them; writes under way on it are refused. The name is free again.
   * Errors: `branch_not_found`, `branch_protected`, `outcome_unknown`, failures of the store.
   */
  async delete(name: string, options: BranchDeleteOptions = {}): Promise<void> {
    this.#ground.lifetime.check();
    const { actor = this.#ground.actor, message = null } = options;
    return limited(options, () =>
      this.#ground.log.deleteBranch(name, { op: this.#ground.mint(), actor, message }),
    );
  }

  async merge(_source: string, _options: MergeOptions = {}): Promise<MergeAnswer> {
    throw new OmnigraphError("internal", "not here yet");
  }

  async previewMerge(_source: string, _options: MergeOptions = {}): Promise<MergePreview> {
    throw new OmnigraphError("internal", "not here yet");
  }

  async diff(_from: string, _to: string, _options: DiffOptions = {}): Promise<Diff> {
    throw new OmnigraphError("internal", "not here yet");
  }
}
