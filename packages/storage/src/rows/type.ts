import { OmnigraphError, type Value } from "@omnigraph/base";
import type { EntityType, ValueType } from "@omnigraph/language";
import type { ColumnKey } from "./batch.ts";
import type { ColumnType } from "./column.ts";

/** Of `id`, `src` and `dst`. */
export const ID_TYPE: ColumnType = { scalar: "String", list: false, dimension: null };

/** What a column of a property of this type holds. */
export function columnType(type: ValueType): ColumnType {
  return { scalar: type.scalar, list: type.list, dimension: type.dimension };
}

/** What a column holds, and what a row reads whose batch lacks the column. */
export interface ColumnSpec {
  readonly type: ColumnType;
  readonly fill: Value;
}

/** The columns of an entity type: its ids, and its properties with what rows have that were written before them. */
export function columnSpecs(type: EntityType): (key: ColumnKey) => ColumnSpec {
  return (key) => {
    if (key === "id" || key === "src" || key === "dst") return { type: ID_TYPE, fill: null };
    const property = type.propertyById.get(key);
    if (property === undefined) {
      throw new OmnigraphError("internal", `type ${type.name} has no property of id ${key}`);
    }
    return { type: columnType(property.type), fill: property.fill ?? null };
  };
}

/** Every column of an entity type: ids first, then the properties as declared. */
export function columnKeys(type: EntityType): readonly ColumnKey[] {
  const ids: ColumnKey[] = type.kind === "edge" ? ["id", "src", "dst"] : ["id"];
  return [...ids, ...type.properties.map((property) => property.id)];
}
