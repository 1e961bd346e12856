import type { EntityType } from "@omnigraph/language";
import type { Rows, View } from "./view.ts";

/** The rows of a node or edge type. */
export function rowsOf(view: View, type: EntityType): Rows {
  return type.kind === "node" ? view.nodes(type) : view.edges(type);
}
