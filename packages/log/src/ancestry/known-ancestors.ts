import type { CommitId } from "../address.ts";
import type { LinkSource } from "./link.ts";

/**
 * The ancestors of the heads of one log, down to a generation; each head descends from the one before. Only cached links are looked at: all calls are
 * synchronous, so none sees the half-done work of another.
 */
export class KnownAncestors {
  /** The oldest generation that is known. */
  readonly floor: number;
  readonly #source: LinkSource;
  /** By commit the number of the first head that it is an ancestor of (or is itself). */
  readonly #ids = new Map<CommitId, number>();
  readonly #heads = new Map<CommitId, number>();
  #newest: CommitId | null = null;

  constructor(source: LinkSource, floor: number) {
    this.#source = source;
    this.floor = floor;
  }

  /** Commits that are known. */
  get size(): number {
    return this.#ids.size;
  }

  /**
   * The newest common ancestor of a head and another commit, if there is exactly one. Walks only through commits that are new to this head and commits
   * that are ancestors of `other` alone. Null where there may be several, where one may be below the floor, or where a link is not cached.
   */
  soleBase(head: CommitId, other: CommitId): CommitId | null {
    const number = this.#heads.get(head) ?? this.#advance(head);
    if (number === null) return null;
    let base: CommitId | null = null;
    const seen = new Set<CommitId>();
    const open = [other];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      if ((this.#ids.get(id) ?? Infinity) <= number) {
        // Each way from `other` ends at its first commit that the head has as an ancestor. All other common ancestors are older than one of these.
        if (base !== null) return null;
        base = id;
        continue;
      }
      const link = this.#source.cached(id);
      if (link === null || link.generation < this.floor) return null;
      open.push(...link.parents);
    }
    return base;
  }

  /** Adds a head that descends from the newest one; answers its number, or null where it does not. */
  #advance(head: CommitId): number | null {
    const found = new Set<CommitId>();
    let descends = this.#newest === null;
    const open = [head];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      descends ||= id === this.#newest;
      if (found.has(id) || this.#ids.has(id)) continue;
      const link = this.#source.cached(id);
      if (link === null) return null;
      if (link.generation < this.floor) continue;
      found.add(id);
      open.push(...link.parents);
    }
    if (!descends) return null;
    const number = this.#heads.size;
    for (const id of found) this.#ids.set(id, number);
    this.#heads.set(head, number);
    this.#newest = head;
    return number;
  }
}
