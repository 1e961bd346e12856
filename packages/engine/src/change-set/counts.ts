import type { Catalog, EntityType } from "@omnigraph/language";
import type { ChangeSet, TypeChanges } from "@omnigraph/storage";

/** The number of changed entities of one type. */
export function entityCount({ after, before, updated }: TypeChanges): number {
  return after.length + before.length - updated;
}

/** The number of rows in changes: new and old images. */
export function imageCount(changes: ChangeSet): number {
  return changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
}

/** The number of changed nodes, or of changed edges. */
export function countOfKind(catalog: Catalog, changes: ChangeSet, kind: EntityType["kind"]): number {
  return changes.reduce(
    (sum, change) => (catalog.typeById.get(change.type)?.kind === kind ? sum + entityCount(change) : sum),
    0,
  );
}
