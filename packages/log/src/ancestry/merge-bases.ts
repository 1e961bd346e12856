import { lru } from "@omnigraph/base";
import type { CommitId } from "../address.ts";
import { KnownAncestors } from "./known-ancestors.ts";
import type { LinkSource } from "./link.ts";
import { mergeBases } from "./merge-base.ts";

/** Most commits remembered for one log. */
const MAX_COMMITS = 200_000;
/** Most logs for which commits are remembered. */
const MAX_LOGS = 4;

/**
 * Merge bases of one log with many branches. When branches that were made at about the same commit are merged one after the other, each merge would
 * otherwise walk through all that was merged before it. So the ancestors of the log's heads are remembered.
 */
export class MergeBases {
  readonly #source: LinkSource;
  /** By log; nothing is remembered after the first walk, since there may be no second one. */
  readonly #known = lru<KnownAncestors | "walked">(MAX_LOGS);

  constructor(source: LinkSource) {
    this.#source = source;
  }

  /** As `mergeBases`; `log` is the id of the log of `ours`. */
  async of(
    log: string,
    ours: CommitId,
    theirs: CommitId,
    signal?: AbortSignal,
  ): Promise<readonly CommitId[]> {
    const cached = this.#known.get(log);
    const known = cached instanceof KnownAncestors && cached.size <= MAX_COMMITS ? cached : null;
    const base = known?.soleBase(ours, theirs) ?? null;
    if (base !== null) return [base];
    const bases = await mergeBases(ours, theirs, this.#source, signal);
    const floor = await this.#oldest(bases);
    if (cached === undefined) this.#known.set(log, "walked");
    else if (known === null || floor < known.floor)
      this.#known.set(log, new KnownAncestors(this.#source, floor));
    return bases;
  }

  async #oldest(ids: readonly CommitId[]): Promise<number> {
    const links = await Promise.all(ids.map(async (id) => this.#source.link(id)));
    return Math.min(...links.map(({ generation }) => generation));
  }
}
