import { type BaseLookup, type NodeOrdinal } from "./apply.ts";
import type { EdgeBase } from "./base.ts";
import type { Csr } from "./csr.ts";
import type { Overlay } from "./overlay.ts";
import { nearNodes, type PagedCsr } from "./paged-csr.ts";
import { idTextIn } from "@omnigraph/storage";

/**
 * Finds edges of a base by their ends, so that the ids of edges need not be resident. An edge that a commit changes must exist, so if exactly one edge
 * leads from its source to its destination, it is that one. Null when no adjacency is resident.
 */
export function lookupByEnds(
  base: EdgeBase,
  overlay: Overlay | null,
  source: NodeOrdinal,
  target: NodeOrdinal,
): BaseLookup | null {
  const out = base.out.value;
  const csr = out ?? base.in.value;
  if (csr === null) return null;
  return (_, former, row) => {
    const from = source(idTextIn(former, "src", row));
    const to = target(idTextIn(former, "dst", row));
    return out === null ? onlyEdge(csr, overlay, to, from) : onlyEdge(csr, overlay, from, to);
  };
}

/** The only edge between two nodes that has no version yet; null when there is not exactly one. */
function onlyEdge(csr: Csr | PagedCsr, overlay: Overlay | null, near: number, far: number): number | null {
  if (near < 0 || near + 1 >= csr.offsets.length) return null;
  const { targets, edges, start, end } = nearNodes(csr, near);
  let only: number | null = null;
  for (let k = start; k < end; k++) {
    const edge = edges[k] ?? 0;
    if (targets[k] !== far || (overlay !== null && overlay.version(edge) !== null)) continue;
    if (only !== null) return null;
    only = edge;
  }
  return only;
}
