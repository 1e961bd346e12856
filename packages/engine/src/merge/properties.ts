import { present, type Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type ColumnKey,
  columnKeys,
  columnOf,
  columnSpecs,
  concatColumns,
  type RowBatch,
  takeColumn,
} from "@omnigraph/storage";
import { type RowRef, pickRows, sameCell } from "../change-set/picks.ts";

/** Columns that are merged together: one property, or both ends of an edge. */
interface Unit {
  readonly keys: readonly ColumnKey[];
  /** The names in messages and resolutions. */
  readonly names: readonly string[];
}

/** The sources of the cells of a merged entity that do not come from ours. */
export type CellSources = ReadonlyMap<ColumnKey, "theirs" | { readonly value: Value }>;

/** The merge of two edits of one entity, property by property. */
export interface PropertyMerge {
  readonly sources: CellSources;
  /** Names of the properties that both sides changed differently. */
  readonly conflicting: readonly string[];
}

function unitsOf(type: EntityType): readonly Unit[] {
  const properties = type.properties.map(({ id, name }): Unit => ({ keys: [id], names: [name] }));
  return type.kind === "node" ? properties : [{ keys: ["src", "dst"], names: ["from", "to"] }, ...properties];
}

/** The columns of a property or an end by its name; empty where the type has none. */
export function keysNamed(type: EntityType, name: string): readonly ColumnKey[] {
  return unitsOf(type).find(({ names }) => names.includes(name))?.keys ?? [];
}

/** Those columns, and the other end of an edge where one end is among them. */
export function wholeUnits(type: EntityType, keys: readonly ColumnKey[]): readonly ColumnKey[] {
  return unitsOf(type).flatMap((unit) => (unit.keys.some((key) => keys.includes(key)) ? unit.keys : []));
}

/** All cells that differ between two images, taken from theirs. */
export function allOfTheirs(type: EntityType, ours: RowRef, theirs: RowRef): CellSources {
  const differing = unitsOf(type).filter(({ keys }) => !keys.every((key) => sameCell(key, ours, theirs)));
  return new Map(differing.flatMap(({ keys }) => keys.map((key) => [key, "theirs"])));
}

/** Merges two images; without a base all cells that differ are in conflict. */
export function mergeProperties(
  type: EntityType,
  base: RowRef | null,
  ours: RowRef,
  theirs: RowRef,
): PropertyMerge {
  const sources = new Map<ColumnKey, "theirs">();
  const conflicting: string[] = [];
  for (const { keys, names } of unitsOf(type)) {
    const isSame = (a: RowRef, b: RowRef): boolean => keys.every((key) => sameCell(key, a, b));
    if (isSame(ours, theirs) || (base !== null && isSame(base, theirs))) continue;
    if (base !== null && isSame(base, ours)) for (const key of keys) sources.set(key, "theirs");
    else conflicting.push(...names);
  }
  return { sources, conflicting };
}

/** A merged entity: an image of ours, one of theirs, and the sources of its cells. */
export interface MergedEntity {
  readonly ours: RowRef;
  readonly theirs: RowRef;
  readonly sources: CellSources;
}

/** The rows of merged entities, in order: column by column. */
export function mergedRows(type: EntityType, entities: readonly MergedEntity[]): RowBatch {
  const ours = pickRows(
    type,
    entities.map((entity) => entity.ours),
  );
  const theirs = pickRows(
    type,
    entities.map((entity) => entity.theirs),
  );
  const specs = columnSpecs(type);
  const count = entities.length;
  return {
    length: count,
    columns: new Map(
      columnKeys(type).map((key) => {
        const own = present(ours.columns.get(key), `column ${key}`);
        const sources = entities.map((entity) => entity.sources.get(key));
        if (sources.every((source) => source === undefined)) return [key, own];
        const values = sources.map((source) => (typeof source === "object" ? source.value : null));
        const parts = [
          own,
          present(theirs.columns.get(key), `column ${key}`),
          columnOf(specs(key).type, values),
        ];
        const part = (source: (typeof sources)[number]): number =>
          source === undefined ? 0 : source === "theirs" ? 1 : 2;
        return [
          key,
          takeColumn(
            concatColumns(parts),
            sources.map((source, i) => part(source) * count + i),
          ),
        ];
      }),
    ),
  };
}
