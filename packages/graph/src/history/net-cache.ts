import { lru } from "@omnigraph/base";
import type { CommitRecord } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import type { Chain } from "./chain.ts";

/** The net changes from an ancestor to a commit. */
export interface CachedNet {
  readonly commit: CommitRecord;
  readonly changes: ChangeSet;
}

const MAX_NETS = 4;
/** Most rows of a cached net. */
const ROWS = 20_000;

/**
 * A cache of net changes by ancestor, which are extended instead of computed again. Without it, when many branches from one commit are merged one after
 * the other, each merge would read everything that was merged before it.
 */
export class NetCache {
  /** By ancestor and log. */
  readonly #nets = lru<CachedNet>(MAX_NETS);

  /** The cached net changes from an ancestor to a commit on the chain of `commit`; if there are none, empty ones that end at the ancestor. */
  upTo(ancestor: CommitRecord, commit: CommitRecord, chain: Pick<Chain, "has">): CachedNet {
    const cached = this.#nets.get(nameOf(ancestor, commit));
    return cached !== undefined && chain.has(cached.commit.address)
      ? cached
      : { commit: ancestor, changes: [] };
  }

  keep(ancestor: CommitRecord, net: CachedNet): void {
    const name = nameOf(ancestor, net.commit);
    const rows = net.changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
    if (rows > ROWS) this.#nets.delete(name);
    else this.#nets.set(name, net);
  }
}

function nameOf(ancestor: CommitRecord, { address }: CommitRecord): string {
  return `${ancestor.header.id} ${address.logId}`;
}
