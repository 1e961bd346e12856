import type { CommitId } from "../address.ts";
import { KnownAncestors } from "./known-ancestors.ts";
import type { LinkSource } from "./link.ts";
import { mergeBases } from "./merge-base.ts";

/** Commits that are kept for a log at most. */
const MAX_COMMITS = 200_000;
/** Logs that something is kept for. */
const MAX_LOGS = 4;

/**
 * Merge bases that are asked for again and again as a log grows: of branches that were made at about one place and are merged one after the other, each
 * would else walk through all that was merged before it.
 */
export class MergeBases {
  readonly #source: LinkSource;
  /** By log, the one asked for longest ago first; null after the first walk, as there may be no second. */
  readonly #known = new Map<string, KnownAncestors | null>();

  constructor(source: LinkSource) {
    this.#source = source;
  }

  /** As `mergeBases`; `log` names that of ours. */
  async of(
    log: string,
    ours: CommitId,
    theirs: CommitId,
    signal?: AbortSignal,
  ): Promise<readonly CommitId[]> {
    const cached = this.#known.get(log);
    const known = cached != null && cached.size > MAX_COMMITS ? null : cached;
    const base = known?.soleBase(ours, theirs) ?? null;
    if (base !== null && known != null) {
      this.#keep(log, known);
      return [base];
    }
    const bases = await mergeBases(ours, theirs, this.#source, signal);
    const floor = await this.#oldest(bases);
    if (known === undefined) this.#keep(log, null);
    else if (known === null || floor < known.floor) this.#keep(log, new KnownAncestors(this.#source, floor));
    return bases;
  }

  async #oldest(ids: readonly CommitId[]): Promise<number> {
    const links = await Promise.all(ids.map(async (id) => this.#source.link(id)));
    return Math.min(...links.map(({ generation }) => generation));
  }

  #keep(log: string, known: KnownAncestors | null): void {
    this.#known.delete(log);
    this.#known.set(log, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_LOGS) break;
      this.#known.delete(oldest);
    }
  }
}
