import type { EntityType } from "@omnigraph/language";
import type { Rows, View } from "../view/view.ts";

/** The rows of a node or edge type. */
export function rowsOf(view: View, type: EntityType): Rows {
  return type.kind === "node" ? view.nodes(type) : view.edges(type);
}

/** Ordinals of entities given by id, those that exist. */
export function liveOrdinals(rows: Rows, ids: Iterable<string>): Uint32Array {
  const found: number[] = [];
  for (const id of ids) {
    const ordinal = rows.find(id);
    if (ordinal >= 0) found.push(ordinal);
  }
  return Uint32Array.from(found);
}
