import type { Csr } from "./csr.ts";
import type { Overlay } from "./overlay.ts";
import type { Adjacency } from "./view.ts";

type Neighbours = ReturnType<Adjacency["of"]>;

const NO_NEIGHBOURS: Neighbours = { targets: new Uint32Array(0), edges: new Uint32Array(0) };

/** The adjacency of an edge type in one direction: that of the base, patched at the nodes that later commits changed. */
export class ResidentAdjacency implements Adjacency {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly clean: boolean;
  readonly #direction: "out" | "in";
  readonly #layers: readonly Overlay[];
  readonly #overlay: Overlay | null;
  readonly #patched = new Map<number, Neighbours>();

  /** `nodes` is the capacity of the node type at which the direction starts. */
  constructor(csr: Csr, direction: "out" | "in", overlay: Overlay | null, nodes: number) {
    this.offsets = csr.offsets;
    this.targets = csr.targets;
    this.edges = csr.edges;
    this.#direction = direction;
    this.#overlay = overlay;
    this.#layers = overlay?.layers() ?? [];
    this.clean = overlay === null && nodes < csr.offsets.length;
  }

  isPatched(node: number): boolean {
    if (node >= this.offsets.length - 1) return true;
    for (const { segment } of this.#layers) {
      if (segment.ends[this.#direction].nodes.has(node)) return true;
    }
    return false;
  }

  of(node: number): Neighbours {
    if (!this.isPatched(node)) {
      const from = this.offsets[node];
      const to = this.offsets[node + 1];
      return { targets: this.targets.subarray(from, to), edges: this.edges.subarray(from, to) };
    }
    let neighbours = this.#patched.get(node);
    if (neighbours === undefined) {
      neighbours = this.#merge(node);
      this.#patched.set(node, neighbours);
    }
    return neighbours;
  }

  degree(node: number): number {
    if (this.isPatched(node)) return this.of(node).edges.length;
    return (this.offsets[node + 1] ?? 0) - (this.offsets[node] ?? 0);
  }

  /** The edges at a node: those of the base without a version, and the versions that start there, by edge ordinal. */
  #merge(node: number): Neighbours {
    const from = this.offsets[node] ?? 0;
    const to = this.offsets[node + 1] ?? from;
    const touching = this.#touching(node);
    if (touching.length === 0 && from === to) return NO_NEIGHBOURS;
    const targets = new Uint32Array(to - from + touching.length);
    const edges = new Uint32Array(targets.length);
    let length = 0;
    let k = from;
    for (const edge of touching) {
      for (; k < to && (this.edges[k] ?? 0) < edge; k++) {
        targets[length] = this.targets[k] ?? 0;
        edges[length++] = this.edges[k] ?? 0;
      }
      if (k < to && this.edges[k] === edge) k++;
      const target = this.#targetFrom(edge, node);
      if (target < 0) continue;
      targets[length] = target;
      edges[length++] = edge;
    }
    for (; k < to; k++) {
      targets[length] = this.targets[k] ?? 0;
      edges[length++] = this.edges[k] ?? 0;
    }
    return { targets: targets.subarray(0, length), edges: edges.subarray(0, length) };
  }

  /** Ordinals of edges that have a version which starts at a node, or started there before, ascending. */
  #touching(node: number): readonly number[] {
    const edges = new Set<number>();
    for (const { segment, mark } of this.#layers) {
      for (const position of segment.ends[this.#direction].of(node, mark)) {
        const version = segment.versions[position];
        if (version !== undefined) edges.add(version.ordinal);
      }
    }
    return [...edges].toSorted((a, b) => a - b);
  }

  /** The target of the visible version of an edge; -1 when it is deleted or does not start at the node. */
  #targetFrom(edge: number, node: number): number {
    const version = this.#overlay?.version(edge) ?? null;
    if (version === null || version.image === null) return -1;
    const { ends } = version.segment;
    const source = ends.sources[version.position] ?? -1;
    const target = ends.targets[version.position] ?? -1;
    const [near, far] = this.#direction === "out" ? [source, target] : [target, source];
    return near === node ? far : -1;
  }
}
