import type { Hops } from "@omnigraph/language";
import type { Adjacency, Ids } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { PathNumbers } from "../run/paths.ts";
import type { Stamps } from "../run/scratch.ts";
import { type Neighbours } from "./neighbours.ts";
import { OrdinalList } from "../run/ordinal-list.ts";

/** The bounds and edges of a bounded traversal. */
export interface HopsShape {
  readonly hops: Hops;
  /** The adjacencies that a hop may follow, of one edge type or of several. */
  readonly adjacencies: readonly Adjacency[];
  /** How the paths by which nodes are reached are numbered; null where nobody asks for them. */
  readonly paths: PathNumbers | null;
  /** Where several shortest paths lead to a node, what decides between them; null where that is the same. */
  readonly choice: PathChoice | null;
}

/** Of equally short paths the one is taken whose ids of nodes, from its start on, come first. */
interface PathChoice {
  readonly ids: Ids;
  /** The opened node is the end of the paths. */
  readonly isReversed: boolean;
}

/** Edges that are followed for one part of a list: some tenths of a millisecond of work. */
const WORK_OF_PART = 16_384;

/**
 * Bounded or unbounded hops, breadth first: a node is reached if its shortest distance from the opened node lies within the bounds. The opened node itself
 * is reached only by a self-loop, at distance 1. Distances are the same from both ends of a path, so the opened node may be its start or its end. Each
 * node is visited once: the work is linear in the nodes and edges that are reached.
 */
export class WithinHops implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  /** Without paths none; else the numbers of the paths to the targets. */
  edges: Uint32Array = NO_ORDINALS;
  start = 0;
  end = 0;
  readonly #shape: HopsShape;
  readonly #context: RunContext;
  readonly #seen: Stamps;
  readonly #found: Stamps;
  /** The nodes in the order in which they are met: the opened one, those at distance 1, at distance 2, and so on. */
  readonly #queue = new OrdinalList();
  /** The path to each node of the queue. */
  readonly #numbers = new OrdinalList();
  /** The order in which the nodes of a level are expanded, where it is not that of the queue. */
  #order: Uint32Array | null = null;
  #levelStart = 0;
  #epoch = 0;
  /** The nodes of the queue before this one have been expanded. */
  #expanded = 0;
  /** The distance of the nodes that are being expanded, and where they end in the queue. */
  #depth = 0;
  #levelEnd = 0;
  /** The nodes of the queue from this one on are still to be listed; negative as long as none is far enough. */
  #unlisted = -1;
  #isDone = true;
  #foundNode = -1;
  #foundEpoch = 0;
  /** Edges that were followed since the last part. */
  #work = 0;
  #chargedBytes = 0;

  /** `capacity` bounds the ordinals of the node type. */
  constructor(shape: HopsShape, capacity: number, context: RunContext) {
    this.#shape = shape;
    this.#context = context;
    this.#seen = context.stamps(capacity);
    this.#found = context.stamps(capacity);
  }

  open(node: number): void {
    const { min } = this.#shape.hops;
    const queue = this.#queue;
    queue.length = 0;
    this.#epoch = this.#seen.next();
    this.#seen.marks[node] = this.#epoch;
    this.#foundNode = -1;
    queue.push(node);
    this.#depth = 0;
    this.#levelEnd = 1;
    this.#expanded = 1;
    this.#order = null;
    const isLooped = this.#openFirst(node);
    this.#unlisted = min > 1 ? -1 : isLooped ? 0 : 1;
    this.#isDone = false;
    this.more();
  }

  more(): boolean {
    if (this.#isDone) return false;
    const queue = this.#queue;
    while (this.#work < WORK_OF_PART) {
      if (this.#expanded === this.#levelEnd && !this.#enterLevel()) {
        this.#isDone = true;
        break;
      }
      this.#expandAt(this.#order === null ? this.#expanded : this.#order[this.#expanded - this.#levelStart]!);
      this.#expanded++;
    }
    this.#account();
    this.targets = queue.items;
    if (this.#shape.paths !== null) this.edges = this.#numbers.items;
    const isFar = this.#unlisted >= 0;
    this.start = isFar ? this.#unlisted : 0;
    this.end = isFar ? queue.length : 0;
    if (isFar) this.#unlisted = queue.length;
    return true;
  }

  count(node: number): number {
    this.open(node);
    let count = this.end - this.start;
    while (this.more()) count += this.end - this.start;
    return count;
  }

  reaches(node: number, other: number): boolean {
    for (;;) {
      const found = this.seek(node, other);
      if (found !== null) return found;
    }
  }

  /** As `reaches`, in parts: null where the search has to go on, by the same call. What it has found is kept for other calls from the node. */
  seek(node: number, other: number): boolean | null {
    const { marks } = this.#found;
    if (this.#foundNode !== node) {
      this.open(node);
      this.#foundNode = node;
      this.#foundEpoch = this.#found.next();
    } else if (marks[other] === this.#foundEpoch) return true;
    else if (!this.more()) return false;
    for (let i = this.start; i < this.end; i++) marks[this.targets[i]!] = this.#foundEpoch;
    return marks[other] === this.#foundEpoch ? true : this.#isDone ? false : null;
  }

  /** Begins to expand the nodes of the next level; false when there are none, or they are as far as hops may lead. */
  #enterLevel(): boolean {
    const { length } = this.#queue;
    const { min, max } = this.#shape.hops;
    if (this.#levelEnd === length || this.#depth + 1 >= max) return false;
    this.#depth++;
    this.#levelStart = this.#levelEnd;
    this.#levelEnd = length;
    if (this.#shape.choice?.isReversed === true) this.#order = this.#levelById(this.#shape.choice.ids);
    if (this.#depth + 1 === min) this.#unlisted = length;
    return true;
  }

  /** Expands the opened node; the path to it, if it has a self-loop, is that of one hop. */
  #openFirst(node: number): boolean {
    const { paths } = this.#shape;
    if (paths === null) return this.#expand(node);
    const numbers = this.#numbers;
    numbers.length = 0;
    const root = paths.start(node);
    numbers.push(root);
    const isLooped = this.#expandAt(0);
    if (isLooped) numbers.items[0] = paths.extend(root, node);
    return isLooped;
  }

  /** Expands a node of the queue. */
  #expandAt(place: number): boolean {
    const queue = this.#queue;
    const { paths, choice } = this.#shape;
    const before = queue.length;
    const isLooped = this.#expand(queue.items[place]!);
    if (paths === null) return isLooped;
    // Nodes are expanded in the order of their paths, so the first path that meets a node is the one to take, and these follow in the order of their ids.
    if (choice !== null && !choice.isReversed)
      queue.items.subarray(before, queue.length).sort((a, b) => choice.ids.compareIds(a, b));
    const path = this.#numbers.items[place]!;
    for (let q = before; q < queue.length; q++) this.#numbers.push(paths.extend(path, queue.items[q]!));
    return isLooped;
  }

  /** The places of a level in the order of the ids of its nodes: seen from their ends, the next node decides between paths. */
  #levelById(ids: Ids): Uint32Array {
    const { items } = this.#queue;
    const places = new Uint32Array(this.#levelEnd - this.#levelStart);
    for (let k = 0; k < places.length; k++) places[k] = this.#levelStart + k;
    return places.sort((a, b) => ids.compareIds(items[a]!, items[b]!));
  }

  /** Appends the new neighbours of a node to the queue. Answers whether the node has a self-loop. */
  #expand(node: number): boolean {
    let loop = false;
    for (const adjacency of this.#shape.adjacencies) {
      const looped = this.#expandBy(adjacency, node);
      loop ||= looped;
    }
    return loop;
  }

  #expandBy(adjacency: Adjacency, node: number): boolean {
    const direct = adjacency.clean || !adjacency.isPatched(node);
    const targets = direct ? adjacency.targets : adjacency.of(node).targets;
    const start = direct ? adjacency.offsets[node]! : 0;
    const end = direct ? adjacency.offsets[node + 1]! : targets.length;
    const epoch = this.#epoch;
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
    this.#work += 1 + end - start;
    return loop;
  }

  #account(): void {
    this.#context.tick(this.#work);
    this.#work = 0;
    const bytes = this.#queue.items.byteLength + this.#numbers.items.byteLength;
    if (bytes > this.#chargedBytes) this.#context.charge(bytes - this.#chargedBytes);
    this.#chargedBytes = bytes;
  }
}
