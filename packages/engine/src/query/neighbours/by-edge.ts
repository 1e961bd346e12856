import type { Adjacency } from "../../view/view.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import { listed, type Neighbours } from "./neighbours.ts";
import { OrdinalList } from "../run/ordinal-list.ts";

/** One entry per edge in one direction: parallel edges lead to the same node several times. */
export class ByEdge implements Neighbours {
  targets: Uint32Array = NO_ORDINALS;
  edges: Uint32Array = NO_ORDINALS;
  start = 0;
  end = 0;
  readonly #adjacency: Adjacency;

  constructor(adjacency: Adjacency) {
    this.#adjacency = adjacency;
  }

  open(node: number): void {
    const adjacency = this.#adjacency;
    if (adjacency.clean || !adjacency.isPatched(node)) {
      this.targets = adjacency.targets;
      this.edges = adjacency.edges;
      this.start = adjacency.offsets[node]!;
      this.end = adjacency.offsets[node + 1]!;
      return;
    }
    const { targets, edges } = adjacency.of(node);
    this.targets = targets;
    this.edges = edges;
    this.start = 0;
    this.end = targets.length;
  }

  more(): boolean {
    return false;
  }

  count(node: number): number {
    return this.#adjacency.degree(node);
  }

  reaches(node: number, other: number): boolean {
    this.open(node);
    return listed(this.targets, this.start, this.end, other);
  }
}

/** One entry per edge at a node, in both directions; a self-loop gives one entry. */
export class ByEdgeEitherWay implements Neighbours {
  readonly start = 0;
  readonly #out: ByEdge;
  readonly #in: ByEdge;
  readonly #targets = new OrdinalList();
  readonly #edges = new OrdinalList();

  constructor(out: Adjacency, against: Adjacency) {
    this.#out = new ByEdge(out);
    this.#in = new ByEdge(against);
  }

  get targets(): Uint32Array {
    return this.#targets.items;
  }

  get edges(): Uint32Array {
    return this.#edges.items;
  }

  get end(): number {
    return this.#targets.length;
  }

  open(node: number): void {
    this.#targets.length = 0;
    this.#edges.length = 0;
    this.#out.open(node);
    this.#add(this.#out, -1);
    this.#in.open(node);
    this.#add(this.#in, node);
  }

  more(): boolean {
    return false;
  }

  count(node: number): number {
    this.open(node);
    return this.end;
  }

  reaches(node: number, other: number): boolean {
    return this.#out.reaches(node, other) || this.#in.reaches(node, other);
  }

  #add(list: ByEdge, omitted: number): void {
    for (let i = list.start; i < list.end; i++) {
      const target = list.targets[i]!;
      if (target === omitted) continue;
      this.#targets.push(target);
      this.#edges.push(list.edges[i]!);
    }
  }
}
