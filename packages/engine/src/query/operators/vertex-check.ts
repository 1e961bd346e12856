import type { Neighbours } from "../neighbours/neighbours.ts";
import type { BranchSpec, VertexSpec } from "../plan/spec.ts";
import type { OrdinalTest } from "../predicates/constant-test.ts";
import { anchoredOrdinal, filterTest } from "./conditions.ts";
import type { RunContext } from "../run/context.ts";
import { loopTest, neighboursOf } from "../neighbours/neighbours-of.ts";

/** A vertex spec bound to one run: tests entities and counts the ways to extend them. */
export class VertexCheck {
  /** The only ordinal that can pass (-1: none), or null when the spec fixes none. */
  readonly anchor: number | null;
  /** True when every entity passes and counts once. */
  readonly free: boolean;
  /** True when an entity may count more than once. */
  readonly counts: boolean;
  readonly #tests: readonly OrdinalTest[];
  readonly #branches: readonly Branch[];
  readonly #negations: readonly VertexCheck[];

  constructor(spec: VertexSpec, context: RunContext) {
    this.anchor = spec.anchor === null ? null : anchoredOrdinal(spec.anchor, spec, context);
    this.#tests = [
      ...spec.filters.map((filter) => filterTest(filter, context)),
      ...spec.loops.map((loop) => loopTest(loop, context)),
    ];
    this.#branches = spec.branches.map((branch) => new Branch(branch, context));
    this.#negations = spec.negations.map((negation) => new VertexCheck(negation, context));
    this.counts = this.#branches.length > 0;
    this.free =
      this.anchor === null && this.#tests.length + this.#branches.length + this.#negations.length === 0;
  }

  /** True when looking the entity up costs more than a read or two. */
  get costly(): boolean {
    return this.#branches.length + this.#negations.length > 0;
  }

  /** True when the spec asks for one entity and nothing more. */
  get onlyAnchor(): boolean {
    return this.anchor !== null && this.#tests.length + this.#branches.length + this.#negations.length === 0;
  }

  /** Whether the entity passes with at least one way to extend it. */
  passes(ordinal: number): boolean {
    if (!this.#admits(ordinal)) return false;
    for (const branch of this.#branches) if (!branch.exists(ordinal)) return false;
    return true;
  }

  /** How often the entity counts: 0 when it does not pass. */
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

/** Remembering pays once this share of the ordinals has been asked for. */
const SHARE_REMEMBERED = 8;

/** Counts the matches of a branch from the node that it hangs on. What costs more than a look is remembered per node once many are asked. */
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

  /** Matches of the branch from a node. */
  weight(node: number): number {
    const vertex = this.#vertex;
    const edge = this.#edge;
    const neighbours = this.#neighbours;
    if (vertex.free && (edge === null || edge.free)) return neighbours.count(node);
    if (edge === null && vertex.onlyAnchor) return neighbours.reaches(node, vertex.anchor!) ? 1 : 0;
    neighbours.open(node);
    const { targets, edges, end } = neighbours;
    let weight = 0;
    for (let i = neighbours.start; i < end; i++) {
      if (edge !== null && !edge.passes(edges[i]!)) continue;
      weight += this.#weightOf(targets[i]!);
    }
    this.#context.tick(end - neighbours.start);
    return weight;
  }

  /** Whether the branch matches from a node at all. */
  exists(node: number): boolean {
    const vertex = this.#vertex;
    const edge = this.#edge;
    const neighbours = this.#neighbours;
    if (edge === null && vertex.onlyAnchor) return neighbours.reaches(node, vertex.anchor!);
    neighbours.open(node);
    const { targets, edges, start, end } = neighbours;
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
    if (++this.#asked * SHARE_REMEMBERED < this.#capacity) return null;
    this.#context.charge(this.#capacity * Float64Array.BYTES_PER_ELEMENT);
    this.#remembered = new Float64Array(this.#capacity).fill(-1);
    return this.#remembered;
  }
}
