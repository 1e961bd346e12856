import type { Ends } from "./csr.ts";
import type { Overlay } from "./overlay.ts";
import { endAt, isPaged, type PagedEnds } from "./paged-csr.ts";
import type { Ids } from "./view.ts";

/** An end of an edge of the base, as the ordinal of a node. */
export function baseEnd(ends: Ends | PagedEnds, edge: number, side: keyof Ends): number {
  return isPaged(ends) ? endAt(ends[side], edge) : (ends[side][edge] ?? -1);
}

/** The ids of the nodes at one end of edges, by the ordinals of the edges. It holds what it reads, so it needs no lease. */
export class EndIds implements Ids {
  readonly #ends: Ends | PagedEnds;
  readonly #overlay: Overlay | null;
  readonly #side: keyof Ends;
  readonly #nodes: Ids;

  constructor(ends: Ends | PagedEnds, overlay: Overlay | null, side: keyof Ends, nodes: Ids) {
    this.#ends = ends;
    this.#overlay = overlay;
    this.#side = side;
    this.#nodes = nodes;
  }

  idAt(edge: number): string {
    return this.#nodes.idAt(this.#nodeAt(edge));
  }

  compareIds(a: number, b: number): number {
    const first = this.#nodeAt(a);
    const second = this.#nodeAt(b);
    return first === second ? 0 : this.#nodes.compareIds(first, second);
  }

  #nodeAt(edge: number): number {
    const version = this.#overlay?.version(edge) ?? null;
    if (version === null) return baseEnd(this.#ends, edge, this.#side);
    return version.segment.ends[this.#side][version.position] ?? -1;
  }
}
