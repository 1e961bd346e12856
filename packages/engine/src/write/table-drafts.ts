import { LIMITS, present } from "@omnigraph/base";
import type { Catalog, TypeId } from "@omnigraph/language";
import { batchBytes, type ChangeSet, idTexts, idTextsFrom, type RowBatch } from "@omnigraph/storage";
import type { TableDrafts } from "./draft.ts";
import { imageCount } from "../change-set/counts.ts";

/** Above these a draft is staged as tables. */
export interface InlineLimits {
  readonly inlineRows?: number | undefined;
  readonly inlineBytes?: number | undefined;
}

/** Whether changes are too large for a commit object. */
function isLarge(changes: ChangeSet, limits: InlineLimits): boolean {
  if (imageCount(changes) > (limits.inlineRows ?? LIMITS.inlineRows.value)) return true;
  const bytes = changes.reduce((sum, { after, before }) => sum + batchBytes(after) + batchBytes(before), 0);
  return bytes > (limits.inlineBytes ?? LIMITS.inlineBytes.value);
}

/** The tables of large changes, or null for small ones. `images` has all new rows of each type that the write replaces. */
export function tableDrafts(
  catalog: Catalog,
  changes: ChangeSet,
  images: ReadonlyMap<TypeId, RowBatch>,
  limits: InlineLimits,
): TableDrafts | null {
  if (!isLarge(changes, limits)) return null;
  const layers = changes.map(({ type: id, after, before, updated }) => {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    const image = images.get(id);
    if (image !== undefined) return { type, rows: image, tombstones: null };
    return {
      type,
      rows: after,
      tombstones: before.length > updated ? idTextsFrom(idTexts(before, "id"), updated) : null,
    };
  });
  return { layers, replaced: changes.map(({ type }) => type).filter((type) => images.has(type)) };
}
