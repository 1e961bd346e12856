import type { EntityType } from "@omnigraph/language";
import {
  columnKeys,
  columnSpecs,
  constantColumn,
  type LayerReader,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";

/**
 * What a commit holds of one type: rows with their old images; a layer over the earlier pieces, whose old images the parent has; or a layer
 * instead of everything that was there (null: nothing is there any more).
 */
export type Touch =
  | { readonly kind: "rows"; readonly changes: TypeChanges }
  | { readonly kind: "layer"; readonly reader: LayerReader }
  | { readonly kind: "replaced"; readonly reader: LayerReader | null };

/** What became of one entity. */
export type ChangeOp = "insert" | "update" | "delete";

/** Every column of the type, defaults for those that the batch lacks. */
export function wholeBatch(type: EntityType, batch: RowBatch): RowBatch {
  const keys = columnKeys(type);
  if (keys.every((key) => batch.columns.has(key))) return batch;
  const specs = columnSpecs(type);
  return {
    length: batch.length,
    columns: new Map(
      keys.map((key) => {
        const spec = specs(key);
        return [key, batch.columns.get(key) ?? constantColumn(spec.type, spec.fill, batch.length)];
      }),
    ),
  };
}
