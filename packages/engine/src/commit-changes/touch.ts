import type { Catalog, EntityType } from "@omnigraph/language";
import {
  type ChangeSet,
  columnKeys,
  columnSpecs,
  constantColumn,
  type LayerReader,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import { restatedBatch } from "../view/restated.ts";

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

/** As `wholeBatch`, of changes; sides without rows stay as they are. */
export function wholeChanges(type: EntityType, changes: TypeChanges): TypeChanges {
  const whole = (rows: RowBatch): RowBatch => (rows.length === 0 ? rows : wholeBatch(type, rows));
  const [after, before] = [whole(changes.after), whole(changes.before)];
  return after === changes.after && before === changes.before ? changes : { ...changes, after, before };
}

/** Changes as a schema has their rows: as `wholeBatch`, and without those of types that it does not have. */
export function changesUnder(catalog: Catalog, changes: ChangeSet): ChangeSet {
  return changes.flatMap((change) => {
    const type = catalog.typeById.get(change.type);
    return type === undefined ? [] : [wholeChanges(type, change)];
  });
}

/** Every column of the type as it is now, and no other: filled where the batch lacks it, which may be of an earlier schema. */
export function wholeBatch(type: EntityType, rows: RowBatch): RowBatch {
  const batch = restatedBatch(type, rows);
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
