import { ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import { bitAt } from "@omnigraph/storage";
import type { Csr } from "./csr.ts";
import type { Pages } from "./memory-pool.ts";
import { pagedWords, type PagedWords } from "./paged-words.ts";

/** As `Ends`, on disk. */
export interface PagedEnds {
  readonly kind: "paged";
  readonly sources: PagedWords;
  readonly targets: PagedWords;
}

/** As `Csr`, with the neighbours on disk. */
export interface PagedCsr {
  readonly kind: "paged";
  readonly offsets: Uint32Array;
  readonly targets: PagedWords;
  readonly edges: PagedWords;
}

/** What is written for an end that is no node. */
const NOWHERE = 0xffff_ffff;

/** The end of an edge as a node ordinal, or -1. */
export function endAt(ends: PagedWords, edge: number): number {
  return ends.at(edge) | 0;
}

export function isPaged(value: object): value is PagedEnds | PagedCsr {
  return "kind" in value;
}

/** Writes the ends of edges, which are given for ranges of edges. */
export function* spillingEnds(
  count: number,
  sourcesOf: (from: number, to: number) => Int32Array,
  targetsOf: (from: number, to: number) => Int32Array,
  pages: Pages,
): Steps<PagedEnds> {
  const sources = pagedWords(count, pages);
  const targets = pagedWords(count, pages);
  yield* ranges(count, STEP_ROWS, (from, to) => {
    sources.write(from, sourcesOf(from, to));
    targets.write(from, targetsOf(from, to));
  });
  return { kind: "paged", sources, targets };
}

/** The neighbours of a node and the edges to them: both lists from `start` to `end`. */
export interface NearNodes {
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  readonly start: number;
  readonly end: number;
}

/** Of a node that the adjacency has. */
export function nearNodes(csr: Csr | PagedCsr, node: number): NearNodes {
  const start = csr.offsets[node] ?? 0;
  const end = csr.offsets[node + 1] ?? start;
  if (!isPaged(csr)) return { targets: csr.targets, edges: csr.edges, start, end };
  return {
    targets: csr.targets.slice(start, end),
    edges: csr.edges.slice(start, end),
    start: 0,
    end: end - start,
  };
}

/**
 * As `buildCsr`, with memory for the offsets and for at most so many neighbours (more only where a single node has them): the edges are gone through once for
 * each part of the nodes that has as many.
 */
export function* spillingCsr(
  from: PagedWords,
  to: PagedWords,
  nodes: number,
  live: Uint8Array | null,
  pages: Pages,
  most: number = Math.max(STEP_ROWS, Math.floor(pages.edgesAbove / 8)),
): Steps<PagedCsr> {
  const edgesIn = (each: (near: number, far: number, edge: number) => void): Steps<void> =>
    ranges(from.length, STEP_ROWS, (start, end) => {
      const [near, far] = [from.slice(start, end), to.slice(start, end)];
      for (let i = 0; i < near.length; i++) {
        const edge = start + i;
        if (near[i] === NOWHERE || far[i] === NOWHERE || (live !== null && !bitAt(live, edge))) continue;
        each(near[i]!, far[i]!, edge);
      }
    });
  const offsets = new Uint32Array(nodes + 1);
  yield* edgesIn((near) => offsets[near + 1]!++);
  for (let node = 0; node < nodes; node++) offsets[node + 1]! += offsets[node]!;
  const total = offsets[nodes]!;
  const csr = { targets: pagedWords(total, pages), edges: pagedWords(total, pages) };
  for (let first = 0; first < nodes;) {
    const last = lastWithin(offsets, first, most);
    const start = offsets[first]!;
    const targets = new Uint32Array(offsets[last]! - start);
    const edges = new Uint32Array(targets.length);
    const next = offsets.slice(first, last);
    yield* edgesIn((near, far, edge) => {
      if (near < first || near >= last) return;
      const at = next[near - first]!++ - start;
      targets[at] = far;
      edges[at] = edge;
    });
    csr.targets.write(start, targets);
    csr.edges.write(start, edges);
    first = last;
  }
  return { kind: "paged", offsets, ...csr };
}

/** The end of a run of nodes from `first` on with at most so many neighbours; one node at least. */
function lastWithin(offsets: Uint32Array, first: number, most: number): number {
  const limit = offsets[first]! + most;
  let last = first + 1;
  while (last + 1 < offsets.length && offsets[last + 1]! <= limit) last++;
  return last;
}
