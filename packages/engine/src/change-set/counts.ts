import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import type { ChangeSet, TypeChanges } from "@omnigraph/storage";

/** The number of changed entities of one type. */
export function entityCount({ after, before, updated }: TypeChanges): number {
  return after.length + before.length - updated;
}

/** The number of rows in changes: new and old images. */
export function imageCount(changes: ChangeSet): number {
  return changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
}

/** How the live rows of each type change. */
export function countChanges(changes: ChangeSet): ReadonlyMap<TypeId, number> {
  return new Map(changes.map(({ type, after, before }) => [type, after.length - before.length]));
}

/** The number of changed nodes, or of changed edges. */
export function countOfKind(catalog: Catalog, changes: ChangeSet, kind: EntityType["kind"]): number {
  return changes.reduce(
    (sum, change) => (catalog.typeById.get(change.type)?.kind === kind ? sum + entityCount(change) : sum),
    0,
  );
}
