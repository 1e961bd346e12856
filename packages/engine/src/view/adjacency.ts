import type { Csr } from "./csr.ts";
import type { Overlay } from "./overlay.ts";
import { isPaged, nearNodes, type PagedCsr } from "./paged-csr.ts";
import type { Adjacency } from "./view.ts";

type Neighbours = ReturnType<Adjacency["of"]>;

const NONE = new Uint32Array(0);
const NO_NEIGHBOURS: Neighbours = { targets: NONE, edges: NONE };

/**
 * The adjacency of an edge type in one direction: that of the base, patched at the nodes that later commits changed. Where the base is read by pages, all nodes
 * count as patched.
 */
export class ResidentAdjacency implements Adjacency {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly clean: boolean;
  readonly #csr: Csr | PagedCsr;
  readonly #isPaged: boolean;
  readonly #direction: "out" | "in";
  readonly #layers: readonly Overlay[];
  readonly #overlay: Overlay | null;
  readonly #patched = new Map<number, Neighbours>();

  /** `nodes` is the capacity of the node type at which the direction starts. */
  constructor(csr: Csr | PagedCsr, direction: "out" | "in", overlay: Overlay | null, nodes: number) {
    const resident = isPaged(csr) ? { offsets: NONE, ...NO_NEIGHBOURS } : csr;
    this.offsets = resident.offsets;
    this.targets = resident.targets;
    this.edges = resident.edges;
    this.#csr = csr;
    this.#isPaged = csr !== resident;
    this.#direction = direction;
    this.#overlay = overlay;
    this.#layers = overlay?.layers() ?? [];
    this.clean = overlay === null && nodes < this.offsets.length;
  }

  isPatched(node: number): boolean {
    return this.#isPaged || this.#hasVersions(node);
  }

  /** Whether commits after the base have edges at a node, or it is none of the base. */
  #hasVersions(node: number): boolean {
    if (node >= this.#csr.offsets.length - 1) return true;
    for (const { segment } of this.#layers) {
      if (segment.ends[this.#direction].nodes.has(node)) return true;
    }
    return false;
  }

  of(node: number): Neighbours {
    if (!this.#hasVersions(node)) {
      const { targets, edges, start, end } = nearNodes(this.#csr, node);
      return { targets: targets.subarray(start, end), edges: edges.subarray(start, end) };
    }
    let neighbours = this.#patched.get(node);
    if (neighbours === undefined) {
      neighbours = this.#merge(node);
      this.#patched.set(node, neighbours);
    }
    return neighbours;
  }

  degree(node: number): number {
    if (this.#hasVersions(node)) return this.of(node).edges.length;
    const { offsets } = this.#csr;
    return (offsets[node + 1] ?? 0) - (offsets[node] ?? 0);
  }

  /** The edges at a node: those of the base without a version, and the versions that start there, by edge ordinal. */
  #merge(node: number): Neighbours {
    const base = nearNodes(this.#csr, node);
    const { start: from, end: to } = base;
    const touching = this.#touching(node);
    if (touching.length === 0 && from === to) return NO_NEIGHBOURS;
    const targets = new Uint32Array(to - from + touching.length);
    const edges = new Uint32Array(targets.length);
    let length = 0;
    let k = from;
    for (const edge of touching) {
      for (; k < to && (base.edges[k] ?? 0) < edge; k++) {
        targets[length] = base.targets[k] ?? 0;
        edges[length++] = base.edges[k] ?? 0;
      }
      if (k < to && base.edges[k] === edge) k++;
      const target = this.#targetFrom(edge, node);
      if (target < 0) continue;
      targets[length] = target;
      edges[length++] = edge;
    }
    for (; k < to; k++) {
      targets[length] = base.targets[k] ?? 0;
      edges[length++] = base.edges[k] ?? 0;
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
