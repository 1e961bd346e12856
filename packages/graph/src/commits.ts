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

/** The commits of a graph. */
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

  /** Commits of a branch, the newest first. Errors: `branch_not_found`. */
  async list(options?: CommitListOptions): Promise<readonly CommitSummary[]> {
    const asked = optionsOf("commits.list", options);
    return this.#context.calls.run(asked, (signal) => this.#list(asked, signal));
  }

  /**
   * One commit: by its id or the first digits of it, a branch, which means its head, or `main~2`. Errors: `commit_not_found`,
   * `commit_ambiguous`.
   */
  async show(id: string): Promise<CommitSummary> {
    checkArgument("commits.show", "id", id, TEXT);
    const { calls, log } = this.#context;
    return calls.run({}, async (signal) => summaryOf(await commitNamed(id, log, "commit_not_found", signal)));
  }

  /**
   * What a commit changed against its first parent, with whole images, in pages; the commit is named as for `show`. Errors: `commit_not_found`,
   * `commit_parentless` for the first commit of a graph, `cursor_invalid`, `page_too_large`, `usage` for an unknown type.
   */
  async changes(id: string, options?: CommitChangesOptions): Promise<CommitChangesPage> {
    checkArgument("commits.changes", "id", id, TEXT);
    const asked = optionsOf("commits.changes", options);
    return this.#context.calls.run(asked, (signal) => this.#pages.page(id, asked, signal));
  }

  /**
   * Commits of a branch, the newest first, in pages. A page token stays valid whatever is written meanwhile. Errors: `branch_not_found`, `cursor_invalid`,
   * `usage`.
   */
  async page(options?: CommitPageOptions): Promise<CommitPage> {
    const asked = optionsOf("commits.page", options);
    return this.#context.calls.run(asked, (signal) => commitPage(this.#context.log, asked, signal));
  }

  /**
   * Takes back what a commit changed, and leaves what came later: one commit, or none where nothing is left to take back. The commit is named as for
   * `show`.
   * Errors: `merge_conflict` where later commits changed the same, `commit_not_found`, `commit_parentless`, `resolutions_invalid`, those of a write.
   */
  async revert(id: string, options?: RevertOptions): Promise<RevertAnswer> {
    checkArgument("commits.revert", "id", id, TEXT);
    const asked = optionsOf("commits.revert", options);
    return this.#context.calls.run(asked, (signal) => this.#reverts.revert(id, { ...asked, signal }));
  }

  /** What a revert would do now, with every conflict; writes nothing. */
  async previewRevert(id: string, options?: RevertOptions): Promise<MergePreview> {
    checkArgument("commits.previewRevert", "id", id, TEXT);
    const asked = optionsOf("commits.previewRevert", options);
    return this.#context.calls.run(asked, (signal) => this.#reverts.preview(id, { ...asked, signal }));
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
