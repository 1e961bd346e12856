import type {
  CommitChangesPage,
  CommitPage,
  CommitSummary,
  MergePreview,
  RevertAnswer,
} from "@omnigraph/wire";
import type { CommitListOptions, CommitPageOptions } from "./api/graph.ts";
import type { Branches } from "./branches/branches.ts";
import { checkArgument, optionsOf } from "./calls/check.ts";
import { TEXT } from "./calls/kinds.ts";
import type { GraphContext } from "./open/context.ts";
import type { CommitChangesOptions } from "./api/history.ts";
import { CommitPages } from "./history/commit-changes.ts";
import { commitNamed } from "./history/commit-names.ts";
import { commitPage } from "./history/commit-list.ts";
import { summaryOf } from "./history/summary.ts";
import type { RevertOptions } from "./api/merge.ts";
import { Reverts } from "./merge/reverts.ts";

/** The commits of a graph. A commit is named by its id or the first digits of it, by a branch, which means its head, or as `main~2`. */
export class Commits {
  readonly #context: GraphContext;
  readonly #pages: CommitPages;
  readonly #reverts: Reverts;

  /** @internal */
  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#pages = new CommitPages(context, branches.net);
    this.#reverts = new Reverts(context, branches);
  }

  /**
   * Commits of a branch along first parents, the newest first.
   *
   * @throws `branch_not_found`
   * @example
   * ```ts
   * const [newest] = await graph.commits.list({ branch: "main", limit: 1 });
   * console.log(newest?.kind, newest?.actor); // load importer
   * ```
   */
  async list(options?: CommitListOptions): Promise<readonly CommitSummary[]> {
    const asked = optionsOf("commits.list", options);
    return this.#context.calls.run("commits.list", asked, (signal) => this.#list(asked, signal));
  }

  /**
   * One commit, by its name.
   *
   * @throws `commit_not_found`
   * @throws `commit_ambiguous` if several ids begin with the digits
   * @example
   * ```ts
   * const { parent } = await graph.commits.show(loaded.id);
   * console.log((await graph.commits.show("main~1")).id === parent); // true
   * ```
   */
  async show(id: string): Promise<CommitSummary> {
    checkArgument("commits.show", "id", id, TEXT);
    const { calls, log } = this.#context;
    return calls.run("commits.show", { branch: null, at: id }, async (signal) =>
      summaryOf(await commitNamed(id, log, "commit_not_found", signal)),
    );
  }

  /**
   * What a commit changed against its first parent, with the whole entities before and after, in pages.
   *
   * @throws `commit_not_found`, `commit_ambiguous`
   * @throws `commit_parentless` for the first commit of a graph
   * @throws `cursor_invalid` for a page token of another commit or filter
   * @throws `page_too_large` for a limit above that of the system
   * @throws `usage` for a type that is not in the schema
   * @example
   * ```ts
   * const { changes } = await graph.commits.changes("main", { types: ["Person"], ops: ["insert"] });
   * console.log(changes.map(({ op, id, after }) => [op, id, after?.properties["role"]])); // [ [ 'insert', 'Ann', 'engineer' ], [ 'insert', 'Bob', null ] ]
   * ```
   */
  async changes(id: string, options?: CommitChangesOptions): Promise<CommitChangesPage> {
    checkArgument("commits.changes", "id", id, TEXT);
    const asked = optionsOf("commits.changes", options);
    return this.#context.calls.run(
      "commits.changes",
      asked,
      (signal, permitTypes) => this.#pages.page(id, asked, signal, permitTypes),
      { branch: null, at: id },
    );
  }

  /**
   * Commits of a branch, the newest first, in pages. A page token stays valid when new commits are written.
   *
   * @throws `branch_not_found`
   * @throws `cursor_invalid` for anything but a page token of this list and graph
   * @throws `page_too_large` for a limit above that of the system
   * @example
   * ```ts
   * const first = await graph.commits.page({ limit: 1 });
   * const second = await graph.commits.page({ limit: 1, pageToken: first.nextPageToken ?? "" });
   * console.log(second.commits[0]?.kind, second.nextPageToken); // genesis null
   * ```
   */
  async page(options?: CommitPageOptions): Promise<CommitPage> {
    const asked = optionsOf("commits.page", options);
    // A token goes on at a commit, which may be of any branch.
    const named = asked.pageToken === undefined ? undefined : { branch: null };
    return this.#context.calls.run(
      "commits.page",
      asked,
      (signal) => commitPage(this.#context.log, asked, signal),
      named,
    );
  }

  /**
   * Undoes what a commit changed and keeps what came later, by one new commit, or none if there is nothing left to undo.
   *
   * @throws `merge_conflict` if later commits changed the same, with every conflict
   * @throws `resolutions_invalid` for decisions about what is not in conflict
   * @throws `commit_not_found`, `commit_ambiguous`
   * @throws `commit_parentless` for the first commit of a graph
   * @throws `branch_not_found`
   * @throws `read_only`, `op_reused`, `too_contended`, `outcome_unknown`, `write_discarded` as every write
   * @example
   * ```ts
   * const { commit } = await graph.mutate('update Person set { age: 42 } where name = "Ann"');
   * const { reverted } = await graph.commits.revert(commit?.id ?? "", { actor: "bob" });
   * console.log(reverted === commit?.id); // true
   * ```
   */
  async revert(id: string, options?: RevertOptions): Promise<RevertAnswer> {
    checkArgument("commits.revert", "id", id, TEXT);
    const asked = optionsOf("commits.revert", options);
    return this.#context.calls.run(
      "commits.revert",
      asked,
      (signal, permitTypes) => this.#reverts.revert(id, { ...asked, signal }, permitTypes),
      { at: id },
    );
  }

  /**
   * What a revert would do now, with every conflict; writes nothing.
   *
   * @throws `resolutions_invalid` for decisions that are not valid
   * @throws `commit_not_found`, `commit_ambiguous`
   * @throws `commit_parentless` for the first commit of a graph
   * @throws `branch_not_found`
   * @example
   * ```ts
   * const { would, changes } = await graph.commits.previewRevert("main");
   * console.log(would, changes.map(({ type, deleted }) => [type, deleted])); // merge [ [ 'Person', 2 ], [ 'Knows', 1 ] ]
   * ```
   */
  async previewRevert(id: string, options?: RevertOptions): Promise<MergePreview> {
    checkArgument("commits.previewRevert", "id", id, TEXT);
    const asked = optionsOf("commits.previewRevert", options);
    return this.#context.calls.run(
      "commits.previewRevert",
      asked,
      (signal, permitTypes) => this.#reverts.preview(id, { ...asked, signal }, permitTypes),
      { at: id },
    );
  }

  async #list(
    { branch: name = "main", limit = Infinity }: CommitListOptions,
    signal: AbortSignal | undefined,
  ): Promise<readonly CommitSummary[]> {
    const { log } = this.#context;
    const found: CommitSummary[] = [];
    if (limit <= 0) return found;
    for await (const commit of log.history(await log.head(name, signal), signal)) {
      found.push(summaryOf(commit));
      if (found.length >= limit) break;
    }
    return found;
  }
}
