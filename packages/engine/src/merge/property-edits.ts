import type { EntityType, PropertyId } from "@omnigraph/language";
import { columnIn, equalAt, isNull, slice, type TypeChanges, withColumns } from "@omnigraph/storage";
import { effective } from "../change-set/change-set.ts";
import { allChangesBetweenViews } from "../commit-changes/between-views.ts";
import type { View } from "../view/view.ts";

/** Whether changes give a property a value: an update to another one than before, or an insert of one that is not null. */
export function hasValuesOf({ after, before, updated }: TypeChanges, property: PropertyId): boolean {
  const column = after.columns.get(property);
  if (column === undefined) return false;
  for (let row = 0; row < after.length; row++) {
    const isChanged =
      row < updated ? !equalAt(column, row, columnIn(before, property), row) : !isNull(column, row);
    if (isChanged) return true;
  }
  return false;
}

/**
 * What a view lacks of an earlier one of the same schema, for a type whose properties were dropped between the two: updates that give the entities that are still
 * there the earlier values of these properties. Null where they have them.
 */
export async function lostValues(
  type: EntityType,
  properties: ReadonlySet<PropertyId>,
  now: View,
  earlier: View,
  signal?: AbortSignal,
): Promise<TypeChanges | null> {
  const all = await allChangesBetweenViews(type, now, earlier, signal);
  if (all === null || all.updated === 0) return null;
  const { updated } = all;
  const [before, later] = [slice(all.before, 0, updated), slice(all.after, 0, updated)];
  const given = [...properties].map((id) => [id, columnIn(later, id)] as const);
  return effective(type, { type: type.id, before, after: withColumns(before, given), updated });
}
