import { isError, OmnigraphError } from "@omnigraph/base";
import type { BranchLog, CommitRecord, GraphLog } from "@omnigraph/log";
import type { PollOptions } from "../api/history.ts";
import { Chain } from "../history/chain.ts";
import { commitNamed } from "../history/commit-names.ts";
import type { ChangePlace } from "../history/commit-reader.ts";
import type { BoundFilter } from "../history/filter.ts";
import { openToken, sealToken, type TokenFacts } from "../history/tokens.ts";

/** Where a poll begins, and the head that it goes up to. */
export interface FeedPosition {
  /** The last commit whose block was returned completely. */
  readonly after: CommitRecord;
  /** A place inside the block of the next commit; null for its beginning. */
  readonly place: ChangePlace | null;
  readonly chain: Chain;
  readonly head: CommitRecord;
}

/** Makes and reads the cursors and page tokens of one branch and filter. */
export class FeedTokens {
  readonly #log: GraphLog;
  readonly #facts: { readonly g: string; readonly i: string; readonly f: string };

  constructor(log: GraphLog, branch: BranchLog, filter: BoundFilter) {
    this.#log = log;
    this.#facts = { g: log.id, i: branch.logId, f: filter.digest };
  }

  cursor(after: CommitRecord): string {
    return sealToken({ k: "feed", ...this.#facts, a: after.header.id });
  }

  pageToken(after: CommitRecord, { type, position }: ChangePlace): string {
    return sealToken({ k: "feed-page", ...this.#facts, a: after.header.id, t: type, p: position });
  }

  /**
   * Where a poll begins. Errors: `cursor_invalid`, `usage` if more than one of start, cursor and page token is given, `commit_not_found` for a start
   * that is not in the history of the branch.
   */
  async position(options: PollOptions, head: CommitRecord, signal?: AbortSignal): Promise<FeedPosition> {
    const { cursor, pageToken, start } = options;
    if ([cursor, pageToken, start].filter((given) => given !== undefined).length > 1)
      throw new OmnigraphError("usage", "a poll takes one of a start, a cursor and a page token");
    if (cursor !== undefined)
      return this.#resumed(this.#opened(cursor, "feed", "cursor"), head, null, signal);
    if (pageToken !== undefined) {
      const facts = this.#opened(pageToken, "feed-page", "page token");
      return this.#resumed(facts, head, { type: facts.text("t"), position: facts.count("p") }, signal);
    }
    const chain = await Chain.to(head, this.#log, signal);
    const at = { place: null, chain, head };
    if (start === undefined || start === "now") return { ...at, after: head };
    if (start === "beginning") return { ...at, after: await chain.first(signal) };
    const after = await commitNamed(start.after, this.#log, "commit_not_found", signal);
    if (chain.has(after.address)) return { ...at, after };
    throw new OmnigraphError(
      "commit_not_found",
      `commit ${start.after} is not in the history of the branch; start after one of its own`,
      { details: { commit: start.after } },
    );
  }

  #opened(token: string, kind: string, what: string): TokenFacts {
    const facts = openToken(token, what);
    facts.expect("k", kind, `it is no ${what} of the change feed`);
    facts.expect("g", this.#facts.g, "it is of another graph");
    facts.expect("i", this.#facts.i, "it is of another branch, or of an earlier one of this name");
    facts.expect(
      "f",
      this.#facts.f,
      "it was made with another filter; give the same kinds, types and operations",
    );
    return facts;
  }

  async #resumed(
    facts: TokenFacts,
    head: CommitRecord,
    place: ChangePlace | null,
    signal: AbortSignal | undefined,
  ): Promise<FeedPosition> {
    const [after, chain] = await Promise.all([
      this.#reached(facts.text("a"), signal),
      Chain.to(head, this.#log, signal),
    ]);
    if (!chain.has(after.address)) facts.refuse("its commit is not in the history of the branch");
    return { after, place, chain, head };
  }

  /** The commit that a token refers to. Throws `change_feed_gap` if it no longer exists, because the graph was restored to an earlier state. */
  async #reached(id: string, signal: AbortSignal | undefined): Promise<CommitRecord> {
    try {
      return await this.#log.commit(id, signal);
    } catch (cause) {
      if (!isError(cause, "commit_not_found")) throw cause;
      throw gap(`after commit ${id}, which is not there any more`, id, cause);
    }
  }
}

/** The error where the feed comes to a commit whose changes cleanup has reclaimed. */
export function reclaimedGap({ header: { id } }: CommitRecord, cause: unknown): OmnigraphError {
  return gap(`with commit ${id}, whose changes cleanup has given up`, id, cause);
}

function gap(where: string, id: string, cause: unknown): OmnigraphError {
  return new OmnigraphError(
    "change_feed_gap",
    `the change feed cannot go on ${where}; take a baseline, and go on from its cursor`,
    { details: { change_feed_gap: { first_unreadable_commit_id: id } }, cause },
  );
}
