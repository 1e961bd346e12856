import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { Stamps } from "../run/scratch.ts";
import { ByEdge } from "./by-edge.ts";
import { DistinctList } from "./distinct.ts";
import type { Neighbours } from "./neighbours.ts";

/** One hop along or against the edges of one type, each neighbour once. */
export class EitherWay implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  readonly edges = NO_ORDINALS;
  readonly start = 0;
  end = 0;
  readonly #out: ByEdge;
  readonly #in: ByEdge;
  readonly #distinct: DistinctList;

  constructor(out: Adjacency, against: Adjacency, stamps: Stamps) {
    this.#out = new ByEdge(out);
    this.#in = new ByEdge(against);
    this.#distinct = new DistinctList(stamps);
  }

  open(node: number): void {
    const distinct = this.#distinct;
    distinct.clear();
    for (const list of [this.#out, this.#in]) {
      list.open(node);
      distinct.addAll(list.targets, list.start, list.end);
    }
    this.targets = distinct.items;
    this.end = distinct.length;
  }

  count(node: number): number {
    this.open(node);
    return this.end;
  }

  reaches(node: number, other: number): boolean {
    return this.#out.reaches(node, other) || this.#in.reaches(node, other);
  }
}
