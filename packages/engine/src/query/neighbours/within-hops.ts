import type { Hops } from "@omnigraph/language";
import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Stamps } from "../run/scratch.ts";
import { type Neighbours } from "./neighbours.ts";
import { OrdinalList } from "../run/ordinal-list.ts";

/** The bounds and edges of a bounded traversal. */
export interface HopsShape {
  readonly hops: Hops;
  /** The adjacencies that a hop may follow: one, or both for an undirected traversal. */
  readonly adjacencies: readonly Adjacency[];
}

/**
 * Bounded hops, breadth first: a node is reached if its shortest distance from the opened node lies within the bounds. The opened node itself is reached
 * only by a self-loop, at distance 1. Distances are the same from both ends of a path, so the opened node may be its start or its end.
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
    queue.length = 0;
    const epoch = this.#seen.next();
    this.#seen.marks[node] = epoch;
    queue.push(node);
    const looped = this.#expandLevel(0, 1, epoch);
    let levelStart = 1;
    let first = min === 1 ? 1 : -1;
    for (let depth = 1; depth < max && levelStart < queue.length; depth++) {
      const levelEnd = queue.length;
      this.#expandLevel(levelStart, levelEnd, epoch);
      levelStart = levelEnd;
      if (depth + 1 === min) first = levelEnd;
    }
    this.targets = queue.items;
    // The opened node is the first of the queue.
    this.start = first < 0 ? queue.length : looped && min === 1 ? 0 : first;
    this.end = queue.length;
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

  /** Appends the new neighbours of queue[from, to) to the queue. Answers whether any of these nodes has a self-loop. */
  #expandLevel(from: number, to: number, epoch: number): boolean {
    let loop = false;
    for (let q = from; q < to; q++) {
      const node = this.#queue.items[q]!;
      for (const adjacency of this.#shape.adjacencies) {
        const looped = this.#expandNode(adjacency, node, epoch);
        loop ||= looped;
      }
    }
    return loop;
  }

  /** As `#expandLevel`, for one node. */
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
}
