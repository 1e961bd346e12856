import { LIMITS } from "@omnigraph/base";
import type { EntityType, Property, PropertyId, ScalarName } from "@omnigraph/language";
import type { ColumnKey, LayerEntry } from "@omnigraph/storage";

/** Scalars that `@index` gives no BTREE: texts are found by key and as enums, others of them wait for full text. */
const WITHOUT: ReadonlySet<ScalarName> = new Set(["String", "Blob", "Bool"]);

/** The columns of a layer that should have an index and have none. None for a small layer: a scan finds its rows as fast. */
export function missingIndexes(
  type: EntityType,
  { rows, columns, indexes }: LayerEntry,
): readonly ColumnKey[] {
  if (rows < LIMITS.indexRows.value) return [];
  const has = new Set<string>(indexes);
  return indexedKeys(type).filter((key) => !has.has(key) && (isOwn(key) || columns[key] !== undefined));
}

/** Ids, ends of edges, keys, enums, and what `@index` is for an order of. */
function indexedKeys(type: EntityType): readonly ColumnKey[] {
  const keys = type.key ?? [];
  const own: readonly ColumnKey[] = type.kind === "edge" ? ["id", "src", "dst"] : ["id"];
  const properties = type.properties.filter((property) => keys.includes(property) || isIndexed(property));
  return [...own, ...properties.map(({ id }) => id)];
}

function isIndexed({ type, indexed }: Property): boolean {
  if (type.list || type.dimension !== null) return false;
  return type.enumValues !== null || (indexed && !WITHOUT.has(type.scalar));
}

function isOwn(key: ColumnKey): boolean {
  return key === "id" || key === "src" || key === "dst";
}

/** What people call a column: the name of its property now. */
export function columnName(type: EntityType, key: string): string {
  // Cast: a text that is the id of no property is not found.
  return type.propertyById.get(key as PropertyId)?.name ?? key;
}
