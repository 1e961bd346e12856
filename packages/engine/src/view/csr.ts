/** Ends of edges by edge ordinal, as node ordinals; -1 for an edge that no view needs any more. */
export interface Ends {
  readonly sources: Int32Array;
  readonly targets: Int32Array;
}

/** Compressed sparse rows: the neighbours of node n are targets[offsets[n], offsets[n + 1]); `edges` has the edge ordinals at the same indexes, ascending. */
export interface Csr {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
}

/**
 * Counting sort of edges by their start: edge e leads from `from[e]` to `to[e]`. Edges with a negative end, and those that are not `live`, are left
 * out. O(nodes + edges).
 */
export function buildCsr(from: Int32Array, to: Int32Array, nodes: number, live: Uint8Array | null): Csr {
  const offsets = new Uint32Array(nodes + 2);
  const count = from.length;
  for (let e = 0; e < count; e++) {
    const node = from[e]!;
    if (node >= 0 && to[e]! >= 0 && isSet(live, e)) offsets[node + 2]!++;
  }
  for (let n = 2; n < nodes + 2; n++) offsets[n]! += offsets[n - 1]!;
  const total = offsets[nodes + 1]!;
  const targets = new Uint32Array(total);
  const edges = new Uint32Array(total);
  // offsets[n + 1] is the place for the next edge of node n; at the end it is the start of node n + 1.
  for (let e = 0; e < count; e++) {
    const node = from[e]!;
    const other = to[e]!;
    if (node < 0 || other < 0 || !isSet(live, e)) continue;
    const at = offsets[node + 1]!++;
    targets[at] = other;
    edges[at] = e;
  }
  return { offsets: offsets.subarray(0, nodes + 1), targets, edges };
}

function isSet(live: Uint8Array | null, i: number): boolean {
  return live === null || ((live[i >>> 3]! >>> (i & 7)) & 1) === 1;
}

/** The ends that an adjacency was built from. */
export function endsOf(csr: Csr, direction: "out" | "in", edges: number): Ends {
  const near = new Int32Array(edges).fill(-1);
  const far = new Int32Array(edges).fill(-1);
  for (let node = 0; node + 1 < csr.offsets.length; node++) {
    for (let k = csr.offsets[node]!; k < csr.offsets[node + 1]!; k++) {
      near[csr.edges[k]!] = node;
      far[csr.edges[k]!] = csr.targets[k]!;
    }
  }
  return direction === "out" ? { sources: near, targets: far } : { sources: far, targets: near };
}

export function csrBytes(csr: Csr): number {
  return csr.offsets.byteLength + csr.targets.byteLength + csr.edges.byteLength;
}

export function endsBytes(ends: Ends): number {
  return ends.sources.byteLength + ends.targets.byteLength;
}
