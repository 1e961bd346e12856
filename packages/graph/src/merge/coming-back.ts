import { allChangesBetweenViews, lostValues, type View } from "@omnigraph/engine";
import type { Catalog, EntityType, PropertyId, SchemaConflict } from "@omnigraph/language";
import type { ChangeSet, TypeChanges } from "@omnigraph/storage";
import { regained } from "../history/view-at.ts";

/** A type that a revert brings back, or properties of one. */
export interface ComingBack {
  readonly type: EntityType;
  /** Null: the type itself. */
  readonly properties: ReadonlySet<PropertyId> | null;
}

/** What was dropped between two schemas, is missing in that of the head, and is in the result again. What the head has again already keeps what was written to it since. */
export function comingBack(
  before: Catalog,
  dropping: Catalog,
  head: Catalog,
  result: Catalog,
): readonly ComingBack[] {
  return [...before.typeById.values()].flatMap((old): readonly ComingBack[] => {
    const [left, now, type] = [dropping, head, result].map(({ typeById }) => typeById.get(old.id));
    if (type === undefined) return [];
    if (left === undefined && now === undefined) return [{ type, properties: null }];
    const properties = old.properties.filter(
      ({ id }) => !hasProperty(left, id) && !hasProperty(now, id) && hasProperty(type, id),
    );
    return properties.length === 0 ? [] : [{ type, properties: new Set(properties.map(({ id }) => id)) }];
  });
}

function hasProperty(type: EntityType | undefined, id: PropertyId): boolean {
  return type?.propertyById.has(id) === true;
}

/** The values and entities that come back, where `now` does not have them: rows were written without them, or folded, since. Both views have the same schema. */
export async function restored(
  back: readonly ComingBack[],
  now: View,
  past: View,
  signal: AbortSignal | undefined,
): Promise<ChangeSet> {
  const changes: TypeChanges[] = [];
  for (const { type, properties } of back) {
    const found =
      properties === null
        ? await allChangesBetweenViews(type, now, past, signal)
        : await lostValues(type, properties, now, past, signal);
    if (found !== null) changes.push(found);
  }
  return changes;
}

/**
 * The conflicts of a revert with a drop: of the types of which something was dropped, and comes back now or came back before, and whose rows that the revert brings back
 * do not say what they had of it. `undone` has the changes of the revert, which are under the schema `dropping`.
 */
export function lostWith(
  undone: ChangeSet,
  back: readonly ComingBack[],
  dropping: Catalog,
  catalog: Catalog,
): readonly SchemaConflict[] {
  const types =
    back.length > 0 && undone.length > 0
      ? back.map(({ type }) => type)
      : undone.flatMap(({ type: id, after, updated }) => {
          const type = catalog.typeById.get(id);
          return type !== undefined && after.length > updated && regained(dropping, [type]) ? [type] : [];
        });
  return types.map(({ kind: typeKind, name: typeName }) => {
    const message = `${typeKind} ${typeName}: a part of it was dropped, and the rows that the commit changed do not say what they had of that; load them from a commit before the drop`;
    return { typeKind, typeName, property: null, message };
  });
}
