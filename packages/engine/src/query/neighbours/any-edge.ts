import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { Stamps } from "../run/scratch.ts";
import { ByEdge } from "./by-edge.ts";
import { DistinctList } from "./distinct.ts";
import type { Neighbours } from "./neighbours.ts";

/** One hop by any of several adjacencies, each neighbour once: of several edge types, or along and against the edges of one. */
export class AnyEdge implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  readonly edges = NO_ORDINALS;
  readonly start = 0;
  end = 0;
  readonly #ways: readonly ByEdge[];
  readonly #distinct: DistinctList;

  /** `stamps` cover the ordinals of the neighbours. */
  constructor(adjacencies: readonly Adjacency[], stamps: Stamps) {
    this.#ways = adjacencies.map((adjacency) => new ByEdge(adjacency));
    this.#distinct = new DistinctList(stamps);
  }

  open(node: number): void {
    const distinct = this.#distinct;
    distinct.clear();
    for (const way of this.#ways) {
      way.open(node);
      distinct.addAll(way.targets, way.start, way.end);
    }
    this.targets = distinct.items;
    this.end = distinct.length;
  }

  more(): boolean {
    return false;
  }

  count(node: number): number {
    this.open(node);
    return this.end;
  }

  reaches(node: number, other: number): boolean {
    for (const way of this.#ways) if (way.reaches(node, other)) return true;
    return false;
  }
}
