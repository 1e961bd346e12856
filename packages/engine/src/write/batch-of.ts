import type { Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnKeys,
  columnOf,
  columnSpecs,
  type RowBatch,
} from "@omnigraph/storage";

/** A batch of rows that are given as arrays of values: the i-th value of a row belongs to `columnKeys(type)[i]`. */
export function batchOf(type: EntityType, rows: readonly (readonly Value[])[]): RowBatch {
  const specs = columnSpecs(type);
  const columns = new Map<ColumnKey, Column>();
  columnKeys(type).forEach((key, position) => {
    columns.set(
      key,
      columnOf(
        specs(key).type,
        rows.map((row) => row[position] ?? null),
      ),
    );
  });
  return { length: rows.length, columns };
}
