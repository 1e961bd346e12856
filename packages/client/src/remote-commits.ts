import { LIMITS } from "@omnigraph/base";
import { commitChangesOf, commitOf, commitPageOf } from "@omnigraph/wire";
import type { CommitChangesPage, CommitPage, CommitSummary } from "@omnigraph/wire";
import type { CommitChangesOptions, CommitListOptions, CommitPageOptions } from "omnigraph";
import type { GraphCall } from "./graph-call.ts";
import { filterOf } from "./requests.ts";

/** Commits of a graph of a server. */
export class RemoteCommits {
  readonly #call: GraphCall;

  /** @internal */
  constructor(call: GraphCall) {
    this.#call = call;
  }

  /** As `commits.list` of the library. */
  async list(options: CommitListOptions = {}): Promise<readonly CommitSummary[]> {
    const { branch, limit = Infinity } = options;
    if (limit === Infinity) return (await this.#page(options, { branch })).commits;
    const commits: CommitSummary[] = [];
    let pageToken: string | null = null;
    while (commits.length < limit) {
      const page: CommitPage = await this.#page(options, {
        branch,
        limit: limit - commits.length,
        ...(pageToken === null ? {} : { page_token: pageToken }),
      });
      commits.push(...page.commits);
      pageToken = page.nextPageToken;
      if (pageToken === null) break;
    }
    return commits;
  }

  /** As `commits.page` of the library. */
  async page(options: CommitPageOptions = {}): Promise<CommitPage> {
    const { branch, limit = LIMITS.commitsPage.value, pageToken } = options;
    return this.#page(options, { branch, limit, page_token: pageToken });
  }

  /** As `commits.show` of the library. */
  async show(id: string): Promise<CommitSummary> {
    return commitOf(await this.#call.get("commits.show", ["commits", id], {}));
  }

  /** As `commits.changes` of the library. */
  async changes(id: string, options: CommitChangesOptions = {}): Promise<CommitChangesPage> {
    const { limit, pageToken } = options;
    const parameters = { limit, page_token: pageToken, ...filterOf(options) };
    return commitChangesOf(
      await this.#call.get("commits.changes", ["commits", id, "changes"], options, parameters),
    );
  }

  async #page(options: CommitListOptions, parameters: Parameters<GraphCall["get"]>[3]): Promise<CommitPage> {
    return commitPageOf(await this.#call.get("commits.list", ["commits"], options, parameters));
  }
}
