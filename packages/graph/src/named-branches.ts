import type { BranchCreated, BranchDeleted, BranchSummary, MergeAnswer, MergePreview } from "@omnigraph/wire";
import type { BranchCreateOptions, BranchDeleteOptions, CallOptions } from "./api/graph.ts";
import type { Branches } from "./branches/branches.ts";
import { checkArgument, optionsOf } from "./calls/check.ts";
import { TEXT } from "./calls/kinds.ts";
import type { GraphContext } from "./open/context.ts";
import type { Diff, DiffOptions, MergeOptions } from "./api/merge.ts";
import { Diffs } from "./merge/diffs.ts";
import { Merges } from "./merge/merges.ts";

/** The branches of a graph. Each is a line of commits of its own, which starts from the commit that it was made from. */
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
   * Makes a branch. This writes one small object, whatever the size of the graph and the length of its history.
   *
   * @throws `branch_exists`
   * @throws `branch_name_invalid`
   * @throws `branch_not_found`, `commit_not_found`, `commit_ambiguous` for `from`
   * @throws `commit_sealed` if `from` is the end of a deleted branch
   * @throws `read_only`
   * @throws `outcome_unknown` if the store did not say whether the branch was made
   * @example
   * ```ts
   * const { head } = await graph.branches.create("draft", { from: "main", actor: "ann" });
   * console.log(head === loaded.id); // true
   * ```
   */
  async create(name: string, options?: BranchCreateOptions): Promise<BranchCreated> {
    checkArgument("branches.create", "name", name, TEXT);
    const asked = optionsOf("branches.create", options);
    return this.#context.calls.run(
      "branches.create",
      asked,
      async (signal) => {
        const { from = "main", actor = this.#context.actor } = asked;
        const start = await this.#open.start(from, signal);
        const branch = await this.#context.log.createBranch(name, start, actor);
        this.#open.adopt(branch, start);
        const { id } = start.header;
        return { name, head: id, forkedFrom: id, actor: actor ?? null };
      },
      { branch: name, from: asked.from ?? "main" },
    );
  }

  /**
   * Every branch, by name. A damaged branch has a `problem` and no head; the others are listed all the same.
   *
   * @example
   * ```ts
   * await graph.branches.create("draft");
   * console.log((await graph.branches.list()).map(({ name }) => name)); // [ 'draft', 'main' ]
   * ```
   */
  async list(options?: CallOptions): Promise<readonly BranchSummary[]> {
    return this.#context.calls.run(
      "branches.list",
      optionsOf("branches.list", options),
      async (signal) => {
        const damaged: BranchSummary[] = [];
        const found = await this.#context.log.listBranches(signal, ({ name, problem }) => {
          const { reason, message, details } = problem;
          damaged.push({ name, head: "", forkedFrom: null, problem: { reason, message, details } });
        });
        const whole = found.map(({ name, head, forkedFrom }) => ({ name, head: head.header.id, forkedFrom }));
        return [...whole, ...damaged].toSorted((a, b) => (a.name < b.name ? -1 : 1));
      },
      { branch: null },
    );
  }

  /**
   * Merges a branch into another: one commit with everything that the source changed since their newest common ancestor, or nothing. The cost depends on
   * what the two branches changed, not on the size of the graph.
   *
   * @throws `merge_conflict` with every conflict, as `conflictsOf` reads them
   * @throws `merge_itself`
   * @throws `resolutions_invalid` for decisions that are not valid, or about what is not in conflict
   * @throws `branch_not_found`
   * @throws `read_only`, `op_reused`, `too_contended`, `outcome_unknown`, `write_discarded` as every write
   * @example
   * ```ts
   * await graph.branches.create("draft");
   * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
   * const { outcome } = await graph.branches.merge("draft", { into: "main", actor: "ann", deleteBranch: true });
   * console.log(outcome); // fast_forward
   * ```
   */
  async merge(source: string, options?: MergeOptions): Promise<MergeAnswer> {
    checkArgument("branches.merge", "source", source, TEXT);
    const asked = optionsOf("branches.merge", options);
    return this.#context.calls.run(
      "branches.merge",
      asked,
      (signal, permitTypes) => this.#merges.merge(source, { ...asked, signal }, permitTypes),
      { from: source },
    );
  }

  /**
   * What a merge would do now, with every conflict; writes nothing.
   *
   * @throws `merge_itself`
   * @throws `resolutions_invalid` for decisions that are not valid
   * @throws `branch_not_found`
   * @example
   * ```ts
   * await graph.branches.create("draft");
   * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
   * await graph.mutate('update Person set { age: 43 } where name = "Ann"');
   * const { would, conflicts } = await graph.branches.previewMerge("draft");
   * console.log(would, conflicts.map(({ id, properties }) => [id, properties])); // conflict [ [ 'Ann', [ 'age' ] ] ]
   * ```
   */
  async previewMerge(source: string, options?: MergeOptions): Promise<MergePreview> {
    checkArgument("branches.previewMerge", "source", source, TEXT);
    const asked = optionsOf("branches.previewMerge", options);
    return this.#context.calls.run(
      "branches.previewMerge",
      asked,
      (signal, permitTypes) => this.#merges.preview(source, { ...asked, signal }, permitTypes),
      { from: source, deleteBranch: false },
    );
  }

  /**
   * The changes that turn one branch, or commit, into another. The cost depends on what the commits since their common ancestor changed.
   *
   * @throws `branch_not_found`, `commit_not_found`, `commit_ambiguous`
   * @throws `usage` for a type that is not in the schema
   * @example
   * ```ts
   * await graph.branches.create("draft");
   * await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
   * const diff = await graph.branches.diff("main", "draft", { sinceBase: true });
   * for await (const { op, id, after } of diff.changes()) console.log(op, id, after?.properties["age"]); // update Ann 42
   * ```
   */
  async diff(from: string, to: string, options?: DiffOptions): Promise<Diff> {
    checkArgument("branches.diff", "from", from, TEXT);
    checkArgument("branches.diff", "to", to, TEXT);
    const asked = optionsOf("branches.diff", options);
    return this.#context.calls.run(
      "branches.diff",
      asked,
      (signal, permitTypes) => this.#diffs.diff(from, to, { ...asked, signal }, permitTypes),
      { branch: to, from },
    );
  }

  /**
   * Deletes a branch. Commits that other branches share stay; writes in progress on it fail. The name is free again.
   *
   * @throws `branch_not_found`
   * @throws `branch_protected` for main
   * @throws `read_only`
   * @throws `outcome_unknown` if the store did not say whether it was deleted
   * @example
   * ```ts
   * await graph.branches.create("draft");
   * await graph.branches.delete("draft", { message: "given up" });
   * ```
   */
  async delete(name: string, options?: BranchDeleteOptions): Promise<BranchDeleted> {
    checkArgument("branches.delete", "name", name, TEXT);
    const asked = optionsOf("branches.delete", options);
    const { actor = this.#context.actor, message = null } = asked;
    return this.#context.calls.run(
      "branches.delete",
      asked,
      async () => {
        await this.#open.delete(name, { op: this.#context.mint(), actor, message, ifCommit: null });
        return { name, actor: actor ?? null };
      },
      { branch: name },
    );
  }
}
