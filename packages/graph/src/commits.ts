import { OmnigraphError } from "@omnigraph/base";
import type { CommitRecord } from "@omnigraph/log";
import type { CommitListOptions, CommitSummary } from "./api.ts";
import { limited } from "./call-limits.ts";
import type { Ground } from "./ground.ts";
import type { CommitChangesOptions, CommitChangesPage } from "./history/api.ts";
import { CommitPages } from "./history/commit-changes.ts";
import type { MergePreview, RevertAnswer, RevertOptions } from "./merge/api.ts";

/** A commit as listings show it. */
export function summaryOf({ header, branch }: CommitRecord): CommitSummary {
  const [parent, mergedParent] = header.parents;
  return {
    id: header.id,
    branch,
    depth: header.depth,
    parent: parent ?? null,
    mergedParent: mergedParent ?? null,
    actor: header.actor,
    createdAt: header.createdAt,
    kind: header.kind,
    message: header.message,
  };
}

/** The commits of a graph. */
export class Commits {
  readonly #ground: Ground;
  readonly #pages: CommitPages;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#pages = new CommitPages(ground);
  }

  /** Commits of a branch, the newest first. Errors: `branch_not_found`. */
  async list(options: CommitListOptions = {}): Promise<readonly CommitSummary[]> {
    this.#ground.lifetime.check();
    return limited(options, (signal) => this.#list(options, signal));
  }

  /** One commit by its id. Errors: `commit_not_found`. */
  async show(id: string): Promise<CommitSummary> {
    this.#ground.lifetime.check();
    return summaryOf(await this.#ground.log.commit(id));
  }

  /**
   * What a commit changed against its first parent, with whole images, in pages. Errors: `commit_not_found`, `commit_parentless` for the first commit of
   * a graph, `cursor_invalid`, `page_too_large`, `usage` for an unknown type.
   */
  async changes(id: string, options: CommitChangesOptions = {}): Promise<CommitChangesPage> {
    this.#ground.lifetime.check();
    return this.#pages.page(id, options);
  }

  async page(
    options: CommitListOptions & { readonly pageToken?: string },
  ): Promise<{ readonly commits: readonly CommitSummary[]; readonly nextPageToken: string | null }> {
    return { commits: await this.list(options), nextPageToken: null };
  }

  async revert(_id: string, _options: RevertOptions = {}): Promise<RevertAnswer> {
    throw new OmnigraphError("internal", "not here yet");
  }

  async previewRevert(_id: string, _options: RevertOptions = {}): Promise<MergePreview> {
    throw new OmnigraphError("internal", "not here yet");
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
