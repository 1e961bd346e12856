import type { Catalog, EntityType } from "@omnigraph/language";
import type { ChangeSet, TypeChanges } from "@omnigraph/storage";

/** How many entities changes of one type are about. */
export function entityCount({ after, before, updated }: TypeChanges): number {
  return after.length + before.length - updated;
}

/** How many rows changes hold: new and old images. */
export function imageCount(changes: ChangeSet): number {
  return changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
}

/** How many nodes, or edges, changes are about. */
export function countOfKind(catalog: Catalog, changes: ChangeSet, kind: EntityType["kind"]): number {
  return changes.reduce(
    (sum, change) => (catalog.typeById.get(change.type)?.kind === kind ? sum + entityCount(change) : sum),
    0,
  );
}
