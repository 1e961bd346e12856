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
 * How a commit stores its changes to one type: as rows with their old images; as a layer over the earlier pieces, with the old images in the parent;
 * or as a layer that replaces all earlier rows (null: the type is empty afterwards).
 */
export type Touch =
  | { readonly kind: "rows"; readonly changes: TypeChanges }
  | { readonly kind: "layer"; readonly reader: LayerReader }
  | { readonly kind: "replaced"; readonly reader: LayerReader | null };

/** The kind of a change to one entity. */
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
