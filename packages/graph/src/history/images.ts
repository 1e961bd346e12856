import { present } from "@omnigraph/base";
import type { ChangedEntities, ChangeImages, EntityChange } from "@omnigraph/engine";
import { type AnswerValue, type EntityType, toExportValue } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { type ColumnKey, type RowBatch, valueAt } from "@omnigraph/storage";
import type { ChangeCause, ChangedEntity, ChangeOperation, EntityImage } from "@omnigraph/wire";

/** The changes at some positions, with their images. */
export function rendered(
  entities: ChangedEntities,
  positions: readonly number[],
  { after, before, afterRows, beforeRows }: ChangeImages,
): readonly ChangedEntity[] {
  const { type } = entities;
  return positions.map((position, i) => {
    const images = {
      before: imageAt(type, before, beforeRows[i] ?? -1),
      after: imageAt(type, after, afterRows[i] ?? -1),
    };
    return changeOf(type, entities.idAt(position), entities.opAt(position), images);
  });
}

/** The change of one entity. */
export function renderedEntity(type: EntityType, id: string, { before, after }: EntityChange): ChangedEntity {
  const op = after === null ? "delete" : before === null ? "insert" : "update";
  return changeOf(type, id, op, {
    before: before === null ? null : imageAt(type, before, 0),
    after: after === null ? null : imageAt(type, after, 0),
  });
}

/** The commit that made changes. */
export function causeOf({ header, branch }: CommitRecord): ChangeCause {
  const [parent, mergedParent] = header.parents;
  return {
    commit: header.id,
    parent: parent ?? null,
    mergedParent: mergedParent ?? null,
    branch,
    actor: header.actor,
    authoredAt: header.authoredAt,
    createdAt: header.createdAt,
  };
}

function changeOf(
  type: EntityType,
  id: string,
  op: ChangeOperation,
  images: Pick<ChangedEntity, "before" | "after">,
): ChangedEntity {
  return { kind: type.kind, type: { id: type.id, name: type.name }, id, op, ...images };
}

/** The image in a row of a batch; null if there is none. */
export function entityImage(
  type: EntityType,
  at: { readonly batch: RowBatch; readonly row: number } | null,
): EntityImage | null {
  return at === null ? null : imageAt(type, at.batch, at.row);
}

function imageAt(type: EntityType, rows: RowBatch, row: number): EntityImage | null {
  if (row < 0) return null;
  const valueOf = (key: ColumnKey): ReturnType<typeof valueAt> =>
    valueAt(present(rows.columns.get(key), `column ${key}`), row);
  const values = type.properties.map((property): [string, AnswerValue] => [
    property.name,
    toExportValue(valueOf(property.id), property.type),
  ]);
  return {
    properties: Object.fromEntries(values),
    endpoints: type.kind === "node" ? null : { from: String(valueOf("src")), to: String(valueOf("dst")) },
  };
}
