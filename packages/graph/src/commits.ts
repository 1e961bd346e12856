import type { CommitListOptions, CommitPage, CommitPageOptions, CommitSummary } from "./api.ts";
import type { Branches } from "./branches.ts";
import { limited } from "./call-limits.ts";
import type { Ground } from "./ground.ts";
import type { CommitChangesOptions, CommitChangesPage } from "./history/api.ts";
import { CommitPages } from "./history/commit-changes.ts";
import { commitNamed } from "./history/commit-names.ts";
import { commitPage } from "./history/commit-list.ts";
import { summaryOf } from "./history/summary.ts";
import type { MergePreview, RevertAnswer, RevertOptions } from "./merge/api.ts";
import { Reverts } from "./merge/reverts.ts";

/** The commits of a graph. */
export class Commits {
  readonly #ground: Ground;
  readonly #pages: CommitPages;
  readonly #reverts: Reverts;

  constructor(ground: Ground, branches: Branches) {
    this.#ground = ground;
    this.#pages = new CommitPages(ground, branches.net);
    this.#reverts = new Reverts(ground, branches);
  }

  /** Commits of a branch, the newest first. Errors: `branch_not_found`. */
  async list(options: CommitListOptions = {}): Promise<readonly CommitSummary[]> {
    this.#ground.lifetime.check();
    return limited(options, (signal) => this.#list(options, signal));
  }

  /**
   * One commit: by its id or the first digits of it, a branch, which means its head, or `main~2`. Errors: `commit_not_found`,
   * `commit_ambiguous`.
   */
  async show(id: string): Promise<CommitSummary> {
    this.#ground.lifetime.check();
    return summaryOf(await commitNamed(id, this.#ground.log, "commit_not_found"));
  }

  /**
   * What a commit changed against its first parent, with whole images, in pages; the commit is named as for `show`. Errors: `commit_not_found`, `commit_parentless` for the first commit of
   * a graph, `cursor_invalid`, `page_too_large`, `usage` for an unknown type.
   */
  async changes(id: string, options: CommitChangesOptions = {}): Promise<CommitChangesPage> {
    this.#ground.lifetime.check();
    return this.#pages.page(id, options);
  }

  /**
   * Commits of a branch, the newest first, in pages. A page token stays valid whatever is written meanwhile. Errors: `branch_not_found`, `cursor_invalid`,
   * `usage`.
   */
  async page(options: CommitPageOptions = {}): Promise<CommitPage> {
    this.#ground.lifetime.check();
    return limited(options, (signal) => commitPage(this.#ground.log, options, signal));
  }

  /**
   * Takes back what a commit changed, and leaves what came later: one commit, or none where nothing is left to take back. The commit is named as for
   * `show`.
   * Errors: `merge_conflict` where later commits changed the same, `commit_not_found`, `commit_parentless`, `resolutions_invalid`, those of a write.
   */
  async revert(id: string, options: RevertOptions = {}): Promise<RevertAnswer> {
    this.#ground.lifetime.check();
    return this.#reverts.revert(id, options);
  }

  /** What a revert would do now, with every conflict; writes nothing. */
  async previewRevert(id: string, options: RevertOptions = {}): Promise<MergePreview> {
    this.#ground.lifetime.check();
    return this.#reverts.preview(id, options);
  }

  async #list(
    { branch: name = "main", limit = Infinity }: CommitListOptions,
    signal: AbortSignal | undefined,
  ): Promise<readonly CommitSummary[]> {
    const { log } = this.#ground;
    const found: CommitSummary[] = [];
    if (limit <= 0) return found;
    for await (const commit of log.history(await log.head(name, signal), signal)) {
      found.push(summaryOf(commit));
      if (found.length >= limit) break;
    }
    return found;
  }
}
