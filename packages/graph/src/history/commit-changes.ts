import { OmnigraphError } from "@omnigraph/base";
import type { CommitChangesPage } from "@omnigraph/wire";
import type { PermitTypes } from "../calls/authorization.ts";
import type { GraphContext } from "../open/context.ts";
import type { CommitChangesOptions } from "../api/history.ts";
import { commitNamed } from "./commit-names.ts";
import type { ChangePlace, CommitReader } from "./commit-reader.ts";
import { BoundFilter } from "./filter.ts";
import { causeOf } from "./images.ts";
import type { NetChanges } from "./net-changes.ts";
import { pageLimit } from "./page-limit.ts";
import { openToken, sealToken } from "./tokens.ts";

/** Pages of the changes of a commit. The last commit is cached, because its next page is likely to be read next. */
export class CommitPages {
  readonly #context: GraphContext;
  readonly #net: NetChanges;
  #last: CommitReader | null = null;

  constructor(context: GraphContext, net: NetChanges) {
    this.#context = context;
    this.#net = net;
  }

  /** A page of what a commit changed against its first parent. */
  async page(
    id: string,
    options: CommitChangesOptions,
    signal: AbortSignal | undefined,
    permitTypes: PermitTypes,
  ): Promise<CommitChangesPage> {
    const room = pageLimit("changes", options.limit);
    const reader = await this.#reader(id, signal);
    const catalog = await reader.catalog(signal);
    const filter = new BoundFilter(options, catalog);
    if (permitTypes !== undefined) await permitTypes({ reads: filter.types(catalog), changes: [] });
    const facts = { k: "commit", g: this.#context.log.id, c: reader.commit.header.id, f: filter.digest };
    const selection = await reader.select(filter, placeIn(options.pageToken, facts), room, signal);
    const { next } = selection;
    return {
      cause: causeOf(reader.commit),
      schemaSteps: await reader.schemaSteps(signal),
      changes: await reader.render(selection, signal),
      nextPageToken: next === null ? null : sealToken({ ...facts, t: next.type, p: next.position }),
    };
  }

  async #reader(id: string, signal: AbortSignal | undefined): Promise<CommitReader> {
    if (this.#last?.commit.header.id === id) return this.#last;
    const commit = await commitNamed(id, this.#context.log, "commit_not_found", signal);
    if (commit.header.parents.length === 0) {
      throw new OmnigraphError(
        "commit_parentless",
        `commit ${id} is the first of the graph: it has no parent that its changes could be told against`,
        { details: { change_diff_refusal: { reason: "parentless_commit", graph_commit_id: id } } },
      );
    }
    const reader = this.#net.reader(commit);
    this.#last = reader;
    return reader;
  }
}

/** Where the next page begins. Throws `cursor_invalid` for a token of another graph, commit or filter. */
function placeIn(
  token: string | undefined,
  facts: { readonly k: string; readonly g: string; readonly c: string; readonly f: string },
): ChangePlace | null {
  if (token === undefined) return null;
  const given = openToken(token, "page token");
  given.expect("k", facts.k, "it is not of the changes of a commit");
  given.expect("g", facts.g, "it is of another graph");
  given.expect("c", facts.c, "it is of another commit");
  given.expect("f", facts.f, "it was made with another filter; give the same kinds, types and operations");
  return { type: given.text("t"), position: given.count("p") };
}
