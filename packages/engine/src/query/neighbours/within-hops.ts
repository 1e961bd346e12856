import type { Hops } from "@omnigraph/language";
import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Stamps } from "../run/scratch.ts";
import { type Neighbours, OrdinalList } from "./neighbours.ts";

/** What a bounded traversal is made of. */
export interface HopsShape {
  readonly hops: Hops;
  /** The adjacencies that a hop may follow: one, or both for an undirected traversal. */
  readonly adjacencies: readonly Adjacency[];
  /** Whether the opened node is where the pattern's path starts; else it is where the path ends, and starts are sought. */
  readonly fromOrigin: boolean;
}

/**
 * Bounded hops, breadth first: a node counts at the depth at which it is first reached from the path's start, within the bounds, and once
 * more one hop later when it has a stored self loop; the start itself only so. Seen from the end of a path the self loop that matters is the
 * end's own: it lengthens every path by one.
 */
export class WithinHops implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  readonly edges = NO_ORDINALS;
  start = 0;
  end = 0;
  readonly #shape: HopsShape;
  readonly #context: RunContext;
  readonly #seen: Stamps;
  readonly #found: Stamps;
  readonly #queue = new OrdinalList();
  readonly #loops = new OrdinalList();
  #foundNode = -1;
  #foundEpoch = 0;

  /** `capacity` bounds the ordinals of the node type. */
  constructor(shape: HopsShape, capacity: number, context: RunContext) {
    this.#shape = shape;
    this.#context = context;
    this.#seen = context.stamps(capacity);
    this.#found = context.stamps(capacity);
  }

  open(node: number): void {
    const { min, max } = this.#shape.hops;
    const queue = this.#queue;
    const loops = this.#loops;
    queue.length = 0;
    loops.length = 0;
    const epoch = this.#seen.next();
    this.#seen.marks[node] = epoch;
    queue.push(node);
    const lengthened = !this.#shape.fromOrigin && this.#hasLoop(node);
    const least = lengthened ? min - 1 : min;
    let depth = 0;
    let first = least === 0 ? 0 : -1;
    let levelStart = 0;
    while (depth < max && levelStart < queue.length) {
      const levelEnd = queue.length;
      const collectLoops = this.#shape.fromOrigin && depth === min - 1;
      this.#expandLevel(levelStart, levelEnd, epoch, collectLoops);
      levelStart = levelEnd;
      depth++;
      if (depth === least) first = levelEnd;
    }
    this.#publish(first < 0 ? queue.length : first);
  }

  count(node: number): number {
    this.open(node);
    return this.end - this.start;
  }

  reaches(node: number, other: number): boolean {
    if (this.#foundNode !== node) {
      this.open(node);
      this.#foundNode = node;
      this.#foundEpoch = this.#found.next();
      for (let i = this.start; i < this.end; i++) this.#found.marks[this.targets[i]!] = this.#foundEpoch;
    }
    return this.#found.marks[other] === this.#foundEpoch;
  }

  /** The level's nodes are queue[from, to); what they reach first is put behind. */
  #expandLevel(from: number, to: number, epoch: number, collectLoops: boolean): void {
    for (let q = from; q < to; q++) {
      const node = this.#queue.items[q]!;
      let loop = false;
      for (const adjacency of this.#shape.adjacencies) {
        const looped = this.#expandNode(adjacency, node, epoch);
        loop ||= looped;
      }
      if (loop && collectLoops) this.#loops.push(node);
    }
  }

  /** Answers whether the node has an edge to itself. */
  #expandNode(adjacency: Adjacency, node: number, epoch: number): boolean {
    const direct = adjacency.clean || !adjacency.isPatched(node);
    const targets = direct ? adjacency.targets : adjacency.of(node).targets;
    const start = direct ? adjacency.offsets[node]! : 0;
    const end = direct ? adjacency.offsets[node + 1]! : targets.length;
    const { marks } = this.#seen;
    const queue = this.#queue;
    let loop = false;
    for (let i = start; i < end; i++) {
      const target = targets[i]!;
      if (marks[target] !== epoch) {
        marks[target] = epoch;
        queue.push(target);
      } else if (target === node) loop = true;
    }
    this.#context.tick(end - start);
    return loop;
  }

  #hasLoop(node: number): boolean {
    for (const adjacency of this.#shape.adjacencies) {
      const { targets } = adjacency.of(node);
      if (targets.includes(node)) return true;
    }
    return false;
  }

  /** The list is queue[first, …), and behind it the nodes that only their self loop brings within the bounds. */
  #publish(first: number): void {
    const queue = this.#queue;
    for (let i = 0; i < this.#loops.length; i++) queue.push(this.#loops.items[i]!);
    this.targets = queue.items;
    this.start = first;
    this.end = queue.length;
  }
}
