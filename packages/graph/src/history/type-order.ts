import { present } from "@omnigraph/base";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";

/** Types in the order of changes: nodes before edges, each by name. */
export function inOrder(catalog: Catalog, ids: Iterable<TypeId>): readonly EntityType[] {
  const types = Array.from(ids, (id) => present(catalog.typeById.get(id), `type ${id}`));
  return types.toSorted((a, b) => {
    if (a.kind !== b.kind) return a.kind === "node" ? -1 : 1;
    return a.name < b.name ? -1 : 1;
  });
}
