import type { BranchSummary, MergeAnswer, MergePreview } from "@omnigraph/wire";
import type { BranchCreateOptions, BranchDeleteOptions, CallOptions } from "./api/graph.ts";
import type { Branches } from "./branches/branches.ts";
import { checkArgument, optionsOf } from "./calls/check.ts";
import { TEXT } from "./calls/kinds.ts";
import type { GraphContext } from "./open/context.ts";
import type { Diff, DiffOptions, MergeOptions } from "./api/merge.ts";
import { Diffs } from "./merge/diffs.ts";
import { Merges } from "./merge/merges.ts";

/** The branches of a graph: each a line of commits of its own, from the commit that it was made at. */
export class NamedBranches {
  readonly #context: GraphContext;
  readonly #open: Branches;

  readonly #merges: Merges;
  readonly #diffs: Diffs;

  /** @internal */
  constructor(context: GraphContext, open: Branches) {
    this.#context = context;
    this.#open = open;
    this.#merges = new Merges(context, open);
    this.#diffs = new Diffs(context, open);
  }

  /**
   * Makes a branch: one small object, whatever the graph holds and however long its history is.
   * Errors: `branch_exists`, `branch_name_invalid`, `branch_not_found` and `commit_not_found` of `from`, `outcome_unknown`.
   */
  async create(name: string, options?: BranchCreateOptions): Promise<BranchSummary> {
    checkArgument("branches.create", "name", name, TEXT);
    const asked = optionsOf("branches.create", options);
    return this.#context.calls.run(asked, async (signal) => {
      const { from = "main", actor = this.#context.actor } = asked;
      const start = await this.#open.start(from, signal);
      const branch = await this.#context.log.createBranch(name, start, actor);
      this.#open.adopt(branch, start);
      return { name, head: start.header.id, forkedFrom: start.header.id };
    });
  }

  /** Every branch, by name. One that is damaged has a `problem`, and no head; it keeps none of the others from being listed. */
  async list(options?: CallOptions): Promise<readonly BranchSummary[]> {
    return this.#context.calls.run(optionsOf("branches.list", options), async (signal) => {
      const damaged: BranchSummary[] = [];
      const found = await this.#context.log.listBranches(signal, ({ name, problem }) => {
        const { reason, message, details } = problem;
        damaged.push({ name, head: "", forkedFrom: null, problem: { reason, message, details } });
      });
      const whole = found.map(({ name, head, forkedFrom }) => ({ name, head: head.header.id, forkedFrom }));
      return [...whole, ...damaged].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  /**
   * Merges a branch into another: one commit that lands all of what the source changed since their newest common ancestor, or nothing.
   * Costs what the two branches changed. Errors: `merge_conflict` listing every conflict, `merge_itself`, `branch_not_found`, `resolutions_invalid`,
   * `too_contended`, `outcome_unknown`, failures of the store.
   */
  async merge(source: string, options?: MergeOptions): Promise<MergeAnswer> {
    checkArgument("branches.merge", "source", source, TEXT);
    const asked = optionsOf("branches.merge", options);
    return this.#context.calls.run(asked, (signal) => this.#merges.merge(source, { ...asked, signal }));
  }

  /** What a merge would do now, with every conflict; writes nothing. Errors: `merge_itself`, `branch_not_found`, `resolutions_invalid`. */
  async previewMerge(source: string, options?: MergeOptions): Promise<MergePreview> {
    checkArgument("branches.previewMerge", "source", source, TEXT);
    const asked = optionsOf("branches.previewMerge", options);
    return this.#context.calls.run(asked, (signal) => this.#merges.preview(source, { ...asked, signal }));
  }

  /**
   * What turns one branch, or commit, into another. Costs what the commits since their common ancestor changed. Errors: `branch_not_found`, `commit_not_found`,
   * `usage` for an unknown type.
   */
  async diff(from: string, to: string, options?: DiffOptions): Promise<Diff> {
    checkArgument("branches.diff", "from", from, TEXT);
    checkArgument("branches.diff", "to", to, TEXT);
    const asked = optionsOf("branches.diff", options);
    return this.#context.calls.run(asked, (signal) => this.#diffs.diff(from, to, { ...asked, signal }));
  }

  /**
   * Deletes a branch. Its commits stay where other branches share them; writes under way on it are refused. The name is free again.
   * Errors: `branch_not_found`, `branch_protected`, `outcome_unknown`, failures of the store.
   */
  async delete(name: string, options?: BranchDeleteOptions): Promise<void> {
    checkArgument("branches.delete", "name", name, TEXT);
    const asked = optionsOf("branches.delete", options);
    const { actor = this.#context.actor, message = null } = asked;
    return this.#context.calls.run(asked, () =>
      this.#open.delete(name, { op: this.#context.mint(), actor, message, ifCommit: null }),
    );
  }
}
