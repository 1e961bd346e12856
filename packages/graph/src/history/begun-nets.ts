import { lru } from "@omnigraph/base";
import type { CommitRecord } from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import type { Chain } from "./chain.ts";

/** What lies between an ancestor and a commit. */
export interface BegunNet {
  readonly commit: CommitRecord;
  readonly changes: ChangeSet;
}

const KEPT = 4;
/** Most rows of one that is kept. */
const ROWS = 20_000;

/**
 * Nets that were computed last, by ancestor, to go on from: of a hundred branches that were made of one commit and are merged one after the other,
 * each would else go through all that was merged before it.
 */
export class BegunNets {
  /** By ancestor and log. */
  readonly #kept = lru<BegunNet>(KEPT);

  /** The net on the way from an ancestor to a commit, by its chain, as far as it is known: nothing, up to the ancestor itself, where it is not. */
  upTo(ancestor: CommitRecord, commit: CommitRecord, chain: Pick<Chain, "has">): BegunNet {
    const kept = this.#kept.get(nameOf(ancestor, commit));
    return kept !== undefined && chain.has(kept.commit.address) ? kept : { commit: ancestor, changes: [] };
  }

  keep(ancestor: CommitRecord, net: BegunNet): void {
    const name = nameOf(ancestor, net.commit);
    const rows = net.changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
    if (rows > ROWS) this.#kept.delete(name);
    else this.#kept.set(name, net);
  }
}

function nameOf(ancestor: CommitRecord, { address }: CommitRecord): string {
  return `${ancestor.header.id} ${address.logId}`;
}
