import type { Neighbours } from "../neighbours/neighbours.ts";
import type { BranchSpec, VertexSpec } from "../plan/spec.ts";
import type { OrdinalTest } from "../predicates/constant-test.ts";
import { anchoredOrdinal } from "./anchored.ts";
import { predicateTest } from "./predicate-test.ts";
import type { RunContext } from "../run/context.ts";
import { loopTest, neighboursOf } from "../neighbours/neighbours-of.ts";

/** A vertex spec bound to one run: tests entities and counts the ways to extend them. */
export class VertexCheck {
  /** The only ordinal that can pass (-1: none can); null when the spec has no anchor. */
  readonly anchor: number | null;
  /** True when every entity passes with weight 1. */
  readonly free: boolean;
  /** True when an entity can have a weight above 1. */
  readonly counts: boolean;
  readonly #tests: readonly OrdinalTest[];
  readonly #branches: readonly Branch[];
  readonly #negations: readonly VertexCheck[];

  constructor(spec: VertexSpec, context: RunContext) {
    this.anchor = spec.anchor === null ? null : anchoredOrdinal(spec.anchor, spec, context);
    this.#tests = [
      ...spec.filters.map((filter) => predicateTest(filter, context)),
      ...spec.loops.map((loop) => loopTest(loop, context)),
    ];
    this.#branches = spec.branches.map((branch) => new Branch(branch, context));
    this.#negations = spec.negations.map((negation) => new VertexCheck(negation, context));
    this.counts = this.#branches.length > 0;
    this.free =
      this.anchor === null && this.#tests.length + this.#branches.length + this.#negations.length === 0;
  }

  /** True when a check costs more than reading one or two values. */
  get costly(): boolean {
    return this.#branches.length + this.#negations.length > 0;
  }

  /** True when the spec has an anchor and no other condition. */
  get onlyAnchor(): boolean {
    return this.anchor !== null && this.#tests.length + this.#branches.length + this.#negations.length === 0;
  }

  /** Whether the entity passes and can be extended by all branches. */
  passes(ordinal: number): boolean {
    if (!this.#admits(ordinal)) return false;
    for (const branch of this.#branches) if (!branch.exists(ordinal)) return false;
    return true;
  }

  /** The weight of an entity: the number of ways to extend it by its branches; 0 when it does not pass. */
  weight(ordinal: number): number {
    if (!this.#admits(ordinal)) return 0;
    let weight = 1;
    for (const branch of this.#branches) {
      weight *= branch.weight(ordinal);
      if (weight === 0) break;
    }
    return weight;
  }

  #admits(ordinal: number): boolean {
    if (this.anchor !== null && this.anchor !== ordinal) return false;
    for (const test of this.#tests) if (!test(ordinal)) return false;
    for (const negation of this.#negations) if (negation.passes(ordinal)) return false;
    return true;
  }
}

/** Weights are memoised once one in this many ordinals was asked for. */
const MEMO_SHARE = 8;

/** Counts the matches of a branch from the node at which it hangs. Costly counts are memoised per node, once many nodes were asked for. */
class Branch {
  readonly #context: RunContext;
  readonly #neighbours: Neighbours;
  readonly #edge: VertexCheck | null;
  readonly #vertex: VertexCheck;
  readonly #capacity: number;
  #remembered: Float64Array | null = null;
  #asked = 0;

  constructor(spec: BranchSpec, context: RunContext) {
    this.#context = context;
    this.#neighbours = neighboursOf(spec.link, context);
    this.#edge = spec.edge === null ? null : new VertexCheck(spec.edge, context);
    this.#vertex = new VertexCheck(spec.vertex, context);
    this.#capacity = context.rows(spec.link.sought).capacity;
  }

  /** The number of matches of the branch from a node. */
  weight(node: number): number {
    const vertex = this.#vertex;
    const edge = this.#edge;
    const neighbours = this.#neighbours;
    if (vertex.free && (edge === null || edge.free)) return neighbours.count(node);
    if (edge === null && vertex.onlyAnchor) return neighbours.reaches(node, vertex.anchor!) ? 1 : 0;
    neighbours.open(node);
    let weight = 0;
    do weight += this.#weightOfList();
    while (neighbours.more());
    return weight;
  }

  /** Whether the branch has a match from a node. */
  exists(node: number): boolean {
    const vertex = this.#vertex;
    const edge = this.#edge;
    const neighbours = this.#neighbours;
    if (edge === null && vertex.onlyAnchor) return neighbours.reaches(node, vertex.anchor!);
    neighbours.open(node);
    do if (this.#existsInList()) return true;
    while (neighbours.more());
    return false;
  }

  /** The matches by the part of the list that is open. */
  #weightOfList(): number {
    const edge = this.#edge;
    const { targets, edges, start, end } = this.#neighbours;
    let weight = 0;
    for (let i = start; i < end; i++) {
      if (edge !== null && !edge.passes(edges[i]!)) continue;
      weight += this.#weightOf(targets[i]!);
    }
    this.#context.tick(end - start);
    return weight;
  }

  #existsInList(): boolean {
    const vertex = this.#vertex;
    const edge = this.#edge;
    const { targets, edges, start, end } = this.#neighbours;
    for (let i = start; i < end; i++) {
      if (edge !== null && !edge.passes(edges[i]!)) continue;
      if (vertex.passes(targets[i]!)) {
        this.#context.tick(i - start);
        return true;
      }
    }
    this.#context.tick(end - start);
    return false;
  }

  #weightOf(node: number): number {
    if (!this.#vertex.costly) return this.#vertex.passes(node) ? 1 : 0;
    const remembered = this.#remembered ?? this.#startRemembering();
    if (remembered === null) return this.#vertex.weight(node);
    const known = remembered[node]!;
    if (known >= 0) return known;
    const weight = this.#vertex.weight(node);
    remembered[node] = weight;
    return weight;
  }

  #startRemembering(): Float64Array | null {
    if (++this.#asked * MEMO_SHARE < this.#capacity) return null;
    this.#context.charge(this.#capacity * Float64Array.BYTES_PER_ELEMENT);
    this.#remembered = new Float64Array(this.#capacity).fill(-1);
    return this.#remembered;
  }
}
