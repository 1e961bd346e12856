import { exportRows } from "@omnigraph/engine";
import type { CommitRecord } from "@omnigraph/log";
import type { BaselineEnd, ChangeBlock, FeedPage } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { CallLimits } from "../calls/call-limits.ts";
import { optionsOf } from "../calls/check.ts";
import type { GraphContext } from "../open/context.ts";
import { handoff } from "../calls/handoff.ts";
import type { BaselineOptions, PollOptions } from "../api/history.ts";
import { changesEntities, type CommitReader } from "../history/commit-reader.ts";
import { type FeedPosition, FeedTokens, reclaimedGap } from "./feed-position.ts";
import { contentAt } from "../open/exported-content.ts";
import { exportCommit } from "../read/export.ts";
import { BoundFilter } from "../history/filter.ts";
import { isReclaimed } from "../open/reclaimed.ts";
import { causeOf } from "../history/images.ts";
import { pageLimit } from "../history/page-limit.ts";

/** The change feed of a branch, commit by commit. The graph stores nothing about its consumers. */
export class ChangeFeed {
  readonly #context: GraphContext;
  readonly #branches: Branches;
  /** The commit inside which the last page ended. */
  #unfinished: CommitReader | null = null;

  /** @internal */
  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /**
   * A page of what the commits of a branch changed, the oldest first. Delivery is at least once: apply each commit id only once, and store the cursor together
   * with the result.
   *
   * @throws `branch_not_found`
   * @throws `commit_not_found`, `commit_ambiguous` for `start`
   * @throws `cursor_invalid` for a cursor or page token of another branch or filter
   * @throws `change_feed_gap` if the commit that the cursor refers to no longer exists
   * @throws `page_too_large` for a limit that is greater than the system's
   * @throws `usage` for a type that is not in the schema, or if more than one of `cursor`, `start` and `pageToken` is given
   * @example
   * ```ts
   * const { cursor } = await graph.changes.poll({ start: "now" });
   * await graph.mutate('insert Person { name: "Cyd" }', null, { actor: "ann" });
   * const { blocks, caughtUp } = await graph.changes.poll({ cursor: cursor ?? "" });
   * console.log(blocks.map(({ cause, changes }) => [cause.actor, changes[0]?.id]), caughtUp); // [ [ 'ann', 'Cyd' ] ] true
   * ```
   */
  async poll(options?: PollOptions): Promise<FeedPage> {
    const asked = optionsOf("changes.poll", options);
    return this.#context.calls.run("changes.poll", asked, (signal, permitTypes) =>
      this.#poll(asked, signal, permitTypes),
    );
  }

  /**
   * The head of a branch as NDJSON, in pieces, as `export` writes it. The last line is `{"baseline": {"snapshot_commit_id", "resume_cursor"}}`; polling with
   * that cursor continues right after the head. The iteration returns both as well. The operations of the filter apply only to the cursor. Once the graph
   * is closed, the next piece fails with `closed`.
   *
   * @throws `branch_not_found`
   * @throws `usage` for a type that is not in the schema
   * @example
   * ```ts
   * const pieces = graph.changes.baseline({ types: ["Person"] });
   * let text = "";
   * let piece = await pieces.next();
   * for (; piece.done !== true; piece = await pieces.next()) text += Buffer.from(piece.value).toString();
   * const { commit, cursor } = piece.value;
   * console.log(text.split("\n").length, commit === loaded.id); // 4 true
   * console.log((await graph.changes.poll({ types: ["Person"], cursor })).blocks); // []
   * ```
   */
  baseline(options?: BaselineOptions): AsyncGenerator<Uint8Array, BaselineEnd, undefined> {
    return this.#context.calls.stream(
      "changes.baseline",
      () => optionsOf("changes.baseline", options),
      (asked, limits, permitTypes) => this.#baseline(asked, limits, permitTypes),
    );
  }

  async *#baseline(
    options: BaselineOptions,
    limits: CallLimits,
    permitTypes: PermitTypes,
  ): AsyncGenerator<Uint8Array, BaselineEnd, undefined> {
    const { signal } = limits;
    const { branch, commit, view } = await limits.run(() =>
      this.#branches.use(options.branch, async ({ views }) => ({
        branch: views.branch,
        ...(await views.head(signal)),
      })),
    );
    const filter = new BoundFilter(options, view.catalog);
    const reads = filter.types(view.catalog);
    if (permitTypes !== undefined) await limits.run(() => permitTypes({ reads, changes: [] }));
    const withContent = contentAt(this.#context, commit, signal);
    const chosen = { types: reads.map(({ name }) => name), signal, withContent };
    yield* handoff<Uint8Array>((push) =>
      limits.run(() =>
        exportCommit(this.#branches, { commit, view }, (from, sink) => exportRows(from, chosen, sink), push),
      ),
    );
    const resume = new FeedTokens(this.#context.log, branch, filter).cursor(commit);
    const record = { baseline: { snapshot_commit_id: commit.header.id, resume_cursor: resume } };
    yield Buffer.from(`${JSON.stringify(record)}\n`);
    return { commit: commit.header.id, cursor: resume };
  }

  async #poll(
    options: PollOptions,
    signal: AbortSignal | undefined,
    permitTypes: PermitTypes,
  ): Promise<FeedPage> {
    const room = pageLimit("changes", options.limit);
    const { branch, head } = await this.#branches.use(options.branch, async ({ views }) => ({
      branch: views.branch,
      head: await views.branch.head(signal),
    }));
    const catalog = await this.#context.catalogs.read(head.header.schema, signal);
    const filter = new BoundFilter(options, catalog);
    if (permitTypes !== undefined) await permitTypes({ reads: filter.types(catalog), changes: [] });
    const tokens = new FeedTokens(this.#context.log, branch, filter);
    return this.#page(await tokens.position(options, head, signal), filter, tokens, room, signal);
  }

  /** Whole blocks as long as they fit. If already the first one is larger than the page, a part of it. */
  async #page(
    { after, place, chain, head }: FeedPosition,
    filter: BoundFilter,
    tokens: FeedTokens,
    room: number,
    signal: AbortSignal | undefined,
  ): Promise<FeedPage> {
    const blocks: ChangeBlock[] = [];
    let last = after;
    let from = place;
    let left = room;
    for await (const commit of chain.after(after.address, signal)) {
      if (changesEntities(commit.header.kind)) {
        if (left <= 0) break;
        const reader = this.#reader(commit);
        const [place, most] = [from, left];
        const selection = await this.#orGap(commit, () => reader.select(filter, place, most, signal));
        const { next } = selection;
        if (next !== null && blocks.length > 0) break;
        const changes = await this.#orGap(commit, () => reader.render(selection, signal));
        const schemaSteps = await reader.schemaSteps(signal);
        blocks.push({ cause: causeOf(commit), schemaSteps, changes });
        if (next !== null) {
          this.#unfinished = reader;
          return { blocks, cursor: null, caughtUp: null, nextPageToken: tokens.pageToken(last, next) };
        }
        left -= Math.max(selection.length, 1);
      }
      last = commit;
      from = null;
    }
    const caughtUp = last.header.id === head.header.id;
    return { blocks, cursor: tokens.cursor(last), caughtUp, nextPageToken: null };
  }

  /** Throws `change_feed_gap` where what is read of a commit was reclaimed. */
  async #orGap<T>(commit: CommitRecord, read: () => Promise<T>): Promise<T> {
    try {
      return await this.#branches.fresh(read);
    } catch (thrown) {
      throw (await isReclaimed(this.#context.log, thrown)) ? reclaimedGap(commit, thrown) : thrown;
    }
  }

  #reader(commit: CommitRecord): CommitReader {
    const unfinished = this.#unfinished;
    return unfinished?.commit.header.id === commit.header.id ? unfinished : this.#branches.net.reader(commit);
  }
}
