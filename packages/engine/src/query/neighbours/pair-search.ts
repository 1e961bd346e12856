import type { Adjacency } from "../../view/view.ts";
import { ByEdge } from "./by-edge.ts";
import type { RunContext } from "../run/context.ts";
import { OrdinalList } from "../run/ordinal-list.ts";
import type { Stamps } from "../run/scratch.ts";

/** Edges that are followed before a search is asked to go on: some tenths of a millisecond of work. */
const WORK_OF_PART = 16_384;

/** The nodes around one node, by their distance: a breadth-first search that goes on by a level at a time. */
export class Ball {
  /** The edges that lead on. */
  readonly ways: readonly ByEdge[];
  /** All nodes, by distance; those at distance d begin at `levels[d]`. */
  readonly queue = new OrdinalList();
  readonly levels = new OrdinalList();
  /** The distance of the outermost nodes that are all known. */
  radius = 0;
  readonly #stamps: Stamps;
  /** The mark of a node is this and its distance. */
  #first = 0;
  #expanded = 0;

  /** `stamps` cover the ordinals of the nodes. */
  constructor(adjacencies: readonly Adjacency[], stamps: Stamps) {
    this.ways = adjacencies.map((adjacency) => new ByEdge(adjacency));
    this.#stamps = stamps;
  }

  open(node: number): void {
    const { marks } = this.#stamps;
    this.#first = this.#stamps.reserve(marks.length + 1);
    marks[node] = this.#first;
    this.queue.length = 0;
    this.queue.push(node);
    this.levels.length = 0;
    this.levels.push(0);
    this.radius = 0;
    this.#expanded = 0;
  }

  /** The nodes at the radius. */
  get outermost(): number {
    return this.queue.length - this.levels.items[this.radius]!;
  }

  /** The distance of a node; negative where it has not been met. */
  distanceOf(node: number): number {
    return this.#stamps.marks[node]! - this.#first;
  }

  /** Begins to grow by a level. */
  beginLevel(): void {
    this.levels.push(this.queue.length);
    this.#expanded = this.levels.items[this.radius]!;
  }

  /** Expands the next node of the level; answers the number of its edges, or -1 after the last, when the radius has grown. */
  expandNext(): number {
    if (this.#expanded === this.levels.items[this.radius + 1]!) {
      this.radius++;
      return -1;
    }
    const node = this.queue.items[this.#expanded++]!;
    let edges = 0;
    for (const way of this.ways) {
      way.open(node);
      this.#meet(way);
      edges += way.end - way.start;
    }
    return edges;
  }

  #meet({ targets, start, end }: ByEdge): void {
    const { marks } = this.#stamps;
    const first = this.#first;
    const mark = first + this.radius + 1;
    for (let i = start; i < end; i++) {
      const target = targets[i]!;
      if (marks[target]! >= first) continue;
      marks[target] = mark;
      this.queue.push(target);
    }
  }
}

/** The bounds and edges of a search between two nodes. */
export interface PairShape {
  /** The adjacencies of a hop, along paths and against them. */
  readonly along: readonly Adjacency[];
  readonly against: readonly Adjacency[];
  /** The most hops. */
  readonly most: number;
  /** All shortest paths are looked for, and not the distance alone: the sides end with whole levels. */
  readonly isTraced: boolean;
}

/**
 * Finds the distance between two nodes from both of them: the side with fewer nodes on its rim grows, a level at a time, until the two meet. Nodes
 * at a distance that neither side comes to are not visited.
 */
export class PairSearch {
  /** Around the start of the path, along its edges. */
  readonly ahead: Ball;
  /** Around its end, against them. */
  readonly behind: Ball;
  readonly #most: number;
  readonly #isTraced: boolean;
  readonly #context: RunContext;
  #start = 0;
  #end = 0;
  #growing: Ball | null = null;
  #isMet = false;
  #chargedBytes = 0;

  /** `capacity` bounds the ordinals of the nodes. */
  constructor({ along, against, most, isTraced }: PairShape, capacity: number, context: RunContext) {
    this.#most = most;
    this.#isTraced = isTraced;
    this.#context = context;
    this.ahead = new Ball(along, context.stamps(capacity));
    this.behind = new Ball(against, context.stamps(capacity));
  }

  open(start: number, end: number): void {
    this.#start = start;
    this.#end = end;
    this.ahead.open(start);
    this.behind.open(end);
    this.#growing = null;
    this.#isMet = false;
  }

  /** Goes on with the search: the distance, 0 where there is no path, or null where it has to go on. A node is at distance 1 of itself by a self-loop, and in no other way. */
  step(): number | null {
    if (this.#start === this.#end) return this.#isLooped() ? 1 : 0;
    let work = 0;
    while (work < WORK_OF_PART) {
      this.#growing ??= this.#nextToGrow();
      if (this.#growing === null) return this.#ended(work, 0);
      const edges = this.#grow(this.#growing);
      const radii = this.ahead.radius + this.behind.radius;
      if (edges >= 0) work += 1 + edges;
      else if (this.#isMet) return this.#ended(work, radii);
      else this.#growing = null;
      if (this.#isMet && !this.#isTraced) return this.#ended(work, radii + 1);
    }
    this.#account(work);
    return null;
  }

  /** The side with fewer nodes on its rim; null where the search is at its end. */
  #nextToGrow(): Ball | null {
    const { ahead, behind } = this;
    if (ahead.radius + behind.radius >= this.#most) return null;
    if (ahead.outermost === 0 || behind.outermost === 0) return null;
    const next = ahead.outermost <= behind.outermost ? ahead : behind;
    next.beginLevel();
    return next;
  }

  /** Expands a node of the level that grows; answers the number of its edges, or -1 where the level is whole. */
  #grow(ball: Ball): number {
    const other = ball === this.ahead ? this.behind : this.ahead;
    const { queue } = ball;
    const before = queue.length;
    const edges = ball.expandNext();
    for (let q = before; q < queue.length; q++)
      if (other.distanceOf(queue.items[q]!) >= 0) this.#isMet = true;
    return edges;
  }

  #ended(work: number, distance: number): number {
    this.#account(work);
    this.#growing = null;
    return distance;
  }

  #isLooped(): boolean {
    return this.ahead.ways.some((way) => way.reaches(this.#start, this.#start));
  }

  #account(work: number): void {
    this.#context.tick(work);
    const bytes = this.ahead.queue.items.byteLength + this.behind.queue.items.byteLength;
    if (bytes > this.#chargedBytes) this.#context.charge(bytes - this.#chargedBytes);
    this.#chargedBytes = Math.max(this.#chargedBytes, bytes);
  }
}
