import type { Conflict, Entity, Side } from "./conflict.ts";
import { endOf, type MergeState, nameOf } from "./merge-state.ts";
import { sameRow } from "../change-set/picks.ts";

/**
 * Restores edges of nodes that one side deleted and that the result keeps: the edges that were deleted with the node, that the other side left as they
 * were, and whose both ends exist. Before that nothing is in conflict; a restored edge that causes a conflict is dropped again.
 */
export class RestoredEdges {
  readonly #merge: MergeState;
  readonly #edges = new Map<string, Entity>();

  constructor(merge: MergeState) {
    this.#merge = merge;
    for (const { edge, side } of lostEdges(merge)) {
      merge.decide(edge, { kind: "side", side });
      this.#edges.set(nameOf(edge), edge);
    }
  }

  get size(): number {
    return this.#edges.size;
  }

  /** Drops restored edges that take part in conflicts. */
  drop(conflicts: readonly Conflict[]): void {
    const names = conflicts.flatMap(({ type, id, others }) => [
      ...(id === null ? [] : [nameOf({ type, id })]),
      ...others.map(nameOf),
    ]);
    const tangled = names.filter((name) => this.#edges.has(name));
    for (const name of tangled.length === 0 ? [...this.#edges.keys()] : tangled) {
      const edge = this.#edges.get(name);
      if (edge !== undefined) this.#merge.undecide(edge);
      this.#edges.delete(name);
    }
  }
}

/** Edges at nodes that one side deleted and the result keeps; the edges are deleted on that side and unchanged on the other. */
function* lostEdges(merge: MergeState): Iterable<{ readonly edge: Entity; readonly side: Side }> {
  for (const one of merge.types) {
    if (one.type.kind !== "node") continue;
    for (const { id, side } of one.survivors())
      for (const edge of merge.edgesAt({ type: one.type, id }))
        if (!merge.isDecided(edge) && !merge.isPresent(edge) && isUnchanged(merge, edge, side))
          yield { edge, side };
  }
}

/** Whether a side has an edge as it was at the base, between nodes of the result. */
function isUnchanged(merge: MergeState, edge: Entity, side: Side): boolean {
  const { type } = edge;
  const images = merge.images(edge);
  const image = images[side];
  if (image === null || type.kind === "node" || !sameRow(type, images.base, image)) return false;
  return (
    merge.isPresent({ type: type.from, id: endOf(image, "src") }) &&
    merge.isPresent({ type: type.to, id: endOf(image, "dst") })
  );
}
