import { LIMITS, present } from "@omnigraph/base";
import type { Catalog, TypeId } from "@omnigraph/language";
import { type ChangeSet, idTexts, idTextsFrom, type LayerDraft, type RowBatch } from "@omnigraph/storage";
import { batchBytes } from "./bytes.ts";
import { imageCount } from "../change-set/counts.ts";

/** Above these a delta is staged as tables. */
export interface InlineLimits {
  readonly inlineRows?: number;
  readonly inlineBytes?: number;
}

/** Whether changes are too large for a commit object. */
function isLarge(changes: ChangeSet, limits: InlineLimits): boolean {
  if (imageCount(changes) > (limits.inlineRows ?? LIMITS.inlineRows.value)) return true;
  const bytes = changes.reduce((sum, { after, before }) => sum + batchBytes(after) + batchBytes(before), 0);
  return bytes > (limits.inlineBytes ?? LIMITS.inlineBytes.value);
}

/**
 * The drafts of large changes, or null for small ones. `images` gives the whole new image of each type that the write replaces.
 */
export function layersOf(
  catalog: Catalog,
  changes: ChangeSet,
  images: ReadonlyMap<TypeId, RowBatch>,
  limits: InlineLimits,
): readonly LayerDraft[] | null {
  if (!isLarge(changes, limits)) return null;
  return changes.map(({ type: id, after, before, updated }) => {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    const image = images.get(id);
    if (image !== undefined) return { type, rows: image, tombstones: null };
    return {
      type,
      rows: after,
      tombstones: before.length > updated ? idTextsFrom(idTexts(before, "id"), updated) : null,
    };
  });
}
