import type { Conflict, Entity, Side } from "./conflict.ts";
import { endOf, type MergeState, nameOf } from "./merge-state.ts";
import { sameRow } from "../change-set/picks.ts";

/**
 * Gives nodes that one side deleted, and that the result has all the same, their edges again: those that went with them there, and that the other side
 * left as they were, wherever both ends are there. Nothing is in conflict before; an edge that comes to be is given up again.
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

  /** Gives up the edges that take part in conflicts. */
  giveUp(conflicts: readonly Conflict[]): void {
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

/** Edges at nodes that one side deleted and that stay: gone on that side, as they were at the base on the other. */
function* lostEdges(merge: MergeState): Iterable<{ readonly edge: Entity; readonly side: Side }> {
  for (const one of merge.types) {
    if (one.type.kind !== "node") continue;
    for (const { id, side } of one.survivors())
      for (const edge of merge.edgesAt({ type: one.type, id }))
        if (!merge.isDecided(edge) && !merge.isPresent(edge) && isLeftAlone(merge, edge, side))
          yield { edge, side };
  }
}

/** Whether a side has an edge as it was at the base, between nodes of the result. */
function isLeftAlone(merge: MergeState, edge: Entity, side: Side): boolean {
  const { type } = edge;
  const images = merge.images(edge);
  const image = images[side];
  if (image === null || type.kind === "node" || !sameRow(type, images.base, image)) return false;
  return (
    merge.isPresent({ type: type.from, id: endOf(image, "src") }) &&
    merge.isPresent({ type: type.to, id: endOf(image, "dst") })
  );
}
