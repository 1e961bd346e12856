import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { Stamps } from "../run/scratch.ts";
import { DistinctList } from "./distinct.ts";
import { listed, type Neighbours } from "./neighbours.ts";
import { distinctDegrees } from "./parallel.ts";

/** One hop in one direction; parallel edges give a neighbour once. Lists without parallel edges are not copied. */
export class AlongEdges implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  readonly edges = NO_ORDINALS;
  start = 0;
  end = 0;
  readonly #adjacency: Adjacency;
  readonly #degrees: Uint32Array | null;
  readonly #distinct: DistinctList;
  readonly #stamps: Stamps;
  /** The node of the last call of `reaches`, and whether its neighbours are marked. */
  #lastNode = -1;
  #marked = false;
  #epoch = 0;

  /** `stamps` cover the ordinals of the neighbours. */
  constructor(adjacency: Adjacency, stamps: Stamps) {
    this.#adjacency = adjacency;
    this.#degrees = distinctDegrees(adjacency, stamps.marks.length);
    this.#stamps = stamps;
    this.#distinct = new DistinctList(stamps);
  }

  open(node: number): void {
    const adjacency = this.#adjacency;
    if (!adjacency.clean && adjacency.isPatched(node)) {
      const { targets } = adjacency.of(node);
      this.#openDistinct(targets, 0, targets.length);
      return;
    }
    const { offsets, targets } = adjacency;
    const start = offsets[node]!;
    const end = offsets[node + 1]!;
    if (this.#degrees !== null && this.#degrees[node] !== end - start) {
      this.#openDistinct(targets, start, end);
      return;
    }
    this.targets = targets;
    this.start = start;
    this.end = end;
  }

  more(): boolean {
    return false;
  }

  count(node: number): number {
    const adjacency = this.#adjacency;
    if (!adjacency.clean && adjacency.isPatched(node)) {
      this.open(node);
      return this.end - this.start;
    }
    if (this.#degrees !== null) return this.#degrees[node]!;
    return adjacency.offsets[node + 1]! - adjacency.offsets[node]!;
  }

  reaches(node: number, other: number): boolean {
    if (this.#lastNode === node) {
      if (!this.#marked) this.#mark(node);
      return this.#stamps.marks[other] === this.#epoch;
    }
    this.#lastNode = node;
    this.#marked = false;
    const adjacency = this.#adjacency;
    if (adjacency.clean || !adjacency.isPatched(node)) {
      return listed(adjacency.targets, adjacency.offsets[node]!, adjacency.offsets[node + 1]!, other);
    }
    const { targets } = adjacency.of(node);
    return listed(targets, 0, targets.length, other);
  }

  /** Marks the neighbours of a node on its second call in a row, so that further calls take one array read. */
  #mark(node: number): void {
    this.open(node);
    this.#epoch = this.#stamps.next();
    for (let i = this.start; i < this.end; i++) this.#stamps.marks[this.targets[i]!] = this.#epoch;
    this.#marked = true;
  }

  #openDistinct(targets: Uint32Array, start: number, end: number): void {
    const distinct = this.#distinct;
    distinct.clear();
    distinct.addAll(targets, start, end);
    this.targets = distinct.items;
    this.start = 0;
    this.end = distinct.length;
  }
}
