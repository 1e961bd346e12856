import type { CommitId } from "../address.ts";
import type { CommitLink, LinkSource } from "./link.ts";

/** A commit on the frontier of a walk; `marks` has a bit for each start from which it was reached. */
export interface Reached {
  readonly link: CommitLink;
  marks: number;
}

/**
 * A walk over the graph of commits from several starts towards the genesis, the greatest generation first. When a commit is taken, all its descendants
 * on the walk were taken before, so its marks are complete.
 */
export class Frontier {
  readonly #source: LinkSource;
  readonly #signal: AbortSignal | undefined;
  /** A binary heap, the greatest generation at its top. */
  readonly #heap: Reached[] = [];
  readonly #waiting = new Map<CommitId, Reached>();

  constructor(source: LinkSource, signal?: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** The commits on the frontier, in no order. */
  get waiting(): Iterable<Reached> {
    return this.#waiting.values();
  }

  /** Adds marks to a commit that was not taken yet, and the commit to the frontier. */
  async reach(id: CommitId, marks: number): Promise<void> {
    const before = this.#waiting.get(id);
    if (before !== undefined) {
      before.marks |= marks;
      return;
    }
    const found = this.#source.link(id, this.#signal);
    const link = found instanceof Promise ? await found : found;
    const reached = { link, marks };
    this.#waiting.set(id, reached);
    this.#push(reached);
  }

  /** Takes the commit of the greatest generation off the frontier; null when it is empty. */
  take(): Reached | null {
    const top = this.#heap[0];
    if (top === undefined) return null;
    const last = this.#heap.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    this.#waiting.delete(top.link.id);
    return top;
  }

  #push(reached: Reached): void {
    const heap = this.#heap;
    let at = heap.length;
    for (;;) {
      const above = (at - 1) >>> 1;
      const parent = at === 0 ? undefined : heap[above];
      if (parent === undefined || parent.link.generation >= reached.link.generation) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = reached;
  }

  /** Replaces the top of the heap by a commit and restores the order. */
  #sink(reached: Reached): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      let below = heap[left];
      if (below === undefined) break;
      let next = left;
      const right = heap[left + 1];
      if (right !== undefined && right.link.generation > below.link.generation) {
        below = right;
        next = left + 1;
      }
      if (below.link.generation <= reached.link.generation) break;
      heap[at] = below;
      at = next;
    }
    heap[at] = reached;
  }
}
